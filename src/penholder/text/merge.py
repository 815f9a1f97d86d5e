"""Two people changed one text: both changes in one, and what only a person can decide, said piece by piece.

`merge(base, mine, theirs)` stands on the comparison of either side with the base. A passage that one side changed is
taken as changed; one that both changed is merged word by word; a move by one goes with an edit by the other. What
clashes is never guessed at: a passage changed differently in one spot by both, or removed or moved by one and changed
or removed by the other. Nothing that either side wrote is lost: it stands in the text or in a clash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from penholder.errors import Refused
from penholder.text.canonical import canonical
from penholder.text.markdown import blocks
from penholder.text.merge_order import Place, placed
from penholder.text.merge_words import Clash, merge_words

__all__ = ["Choice", "Clash", "Merge", "Settled", "merge", "merge_words"]

# What a person may say to a clash; anything else that they write goes in as `str` in its own words.
Choice = Literal["mine", "theirs", "both"]


@dataclass(frozen=True, slots=True)
class Settled:
    """A stretch of the merged text that nobody needs to decide. `by` says who changed it: "mine", "theirs", "both"."""

    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged text in pieces, and for each the line breaks before it. `moved` are passages moved apart by both.

    A passage that both sides moved, each to another place, stands where theirs put it; it is named for a person to see.
    """

    pieces: tuple[Settled | Clash, ...]
    gaps: tuple[str, ...]
    moved: tuple[str, ...] = ()

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """What a person must decide, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Clash))

    @property
    def clean(self) -> bool:
        """Whether nothing is left for a person."""
        return not self.clashes

    @property
    def text(self) -> str:
        """The merged text in canonical form. Refused while something clashes."""
        return self.decided([])

    def decided(self, choices: Sequence[str]) -> str:
        """The text with a choice for each clash: "mine", "theirs", "both" (theirs first), or words of one's own.

        Words of one's own begin with "=", so that no text is taken for a choice. Refused when a choice is missing.
        """
        if len(choices) != len(self.clashes):
            raise Refused(
                f"{len(self.clashes)} passages were changed by both; {len(choices)} are decided. Decide each of them."
            )
        waiting = iter(choices)
        out: list[str] = []
        for piece, gap in zip(self.pieces, self.gaps, strict=True):
            text = piece.text if isinstance(piece, Settled) else _chosen(piece, next(waiting))
            if text:
                out += [gap, text] if out else [text]
        return canonical("".join(out))


def _chosen(clash: Clash, choice: str) -> str:
    if choice == "mine":
        return clash.mine
    if choice == "theirs":
        return clash.theirs
    if choice == "both":
        return "\n\n".join(text for text in (clash.theirs, clash.mine) if text)
    if not choice.startswith("="):
        raise Refused(f"“{choice[:40]}” is no choice. Say mine, theirs, both, or your own words after “=”.")
    return choice[1:].strip("\n")


def merge(base: str, mine: str, theirs: str) -> Merge:
    """Both changes of one house Markdown text in one. The same three texts always give the same merge."""
    base, mine, theirs = canonical(base), canonical(mine), canonical(theirs)
    if theirs in (mine, base):
        return _whole(mine, "both" if mine == theirs != base else "mine" if mine != base else "")
    if mine == base:
        return _whole(theirs, "theirs")
    order = placed(blocks(base), blocks(mine), blocks(theirs))
    pieces: list[Settled | Clash] = []
    gaps: list[str] = []
    standing: list[Place] = []
    for place in order.places:
        piece = _piece(place)
        if isinstance(piece, Settled) and not piece.text:
            continue  # removed, and nobody minds
        gaps.append(order.gap(standing[-1] if standing else None, place))
        pieces.append(piece)
        standing.append(place)
    return Merge(tuple(pieces), tuple(gaps), order.moved)


def _whole(text: str, by: str) -> Merge:
    text = text.rstrip("\n")
    return Merge((Settled(text, by),), ("",)) if text else Merge((), ())


def _piece(place: Place) -> Settled | Clash:
    base, mine, theirs = place.base, place.mine, place.theirs
    if base is None:
        if mine is None or theirs is None:
            return Settled(mine or theirs or "", "mine" if theirs is None else "theirs")
        return Settled(mine, "both") if mine == theirs else Clash("", mine, theirs)
    if mine is None or theirs is None:
        left = theirs if mine is None else mine
        if left is not None and (left != base or place.displaced):
            return Clash(base, mine or "", theirs or "")
        return Settled("")
    merged = merge_words(base, mine, theirs)
    if isinstance(merged, Clash):
        return merged
    by = (place.mine_moved or mine != base, place.theirs_moved or theirs != base)
    return Settled(merged, _BY[by])


_BY = {(True, True): "both", (True, False): "mine", (False, True): "theirs", (False, False): ""}
