"""The colours that words have, and the grounds they stand on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[2] / "src" / "penholder" / "web" / "assets" / "src" / "styles"
COLOURS = dict(re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", (STYLES / "_settings.scss").read_text(), re.MULTILINE))
# Words on their grounds: WCAG 2.2, success criterion 1.4.3.
PAIRS = [
    *((words, ground) for words in ("ink", "ink-soft", "accent", "accent-dark", "copper", "visited") for ground in ("paper", "card", "sand")),
    *((name, f"{name}-ground") for name in ("good", "done", "part", "none", "quiet", "asked")),
    ("none", "card"),
    ("cream", "deep"),
    ("deep-soft", "deep"),
    ("ink", "focus"),
    ("deep", "cream"),
]  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(words, ground):
    light, dark = sorted((luminance(COLOURS[words]), luminance(COLOURS[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_nothing_of_the_government_brand_is_used():
    built = STYLES.parents[1]
    sources = "".join(
        file.read_text()
        for file in built.rglob("*")
        if file.suffix in {".scss", ".ts", ".svg"} and "node_modules" not in file.parts
    )
    for brand in ("#1d70b8", "#0b0c0c", "crown", "logotype"):
        assert brand not in sources.replace("no crown", "")
    assert '"GDS Transport"' not in sources
