"""The blocks of a sealed text, parsed once however often they are asked for."""

from __future__ import annotations

from functools import lru_cache

from penholder.text.markdown import blocks
from penholder.text.passages import Block

# A year of a strategy's daily iterations has fewer different section texts than this; they take some 50 MB parsed.
TEXTS_KEPT = 1024


@lru_cache(maxsize=TEXTS_KEPT)
def parsed(text: str) -> tuple[Block, ...]:
    """The blocks of a canonical text. Blocks never change, so everybody may hold the same ones."""
    return blocks(text)
