"""The attributes that an author may write after a heading: `{#action-01 .action short="Digital leaders"}`.

They are data. Only an id and classes that keep to a narrow alphabet, and the keys that a renderer asks for by name,
ever reach a page, so `{onclick=...}` is read and goes nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# An id that every browser, every CSS selector and every PDF destination takes without escaping.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*\Z")

# One attribute. A quoted value may hold an escaped quote; a bare one ends at white space.
_ONE = re.compile(
    r"""\s*(?:
        \#(?P<name>[A-Za-z_][A-Za-z0-9_.:-]*)
      | \.(?P<class>[A-Za-z_][A-Za-z0-9_-]*)
      | (?P<key>[A-Za-z][A-Za-z0-9_-]*)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s"'{}]+))
    )(?=\s|\Z)""",
    re.VERBOSE,
)
_TRAILING = re.compile(r"(?:^|[ \t])\{(?P<inside>[^{}\n]*)\}\Z")
_ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Attributes:
    """What stood in the braces: the id ("" when there is none), the classes and the pairs, in the author's order."""

    name: str = ""
    classes: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


def read_attributes(inside: str) -> Attributes | None:
    """What `inside` (the text between the braces) says, or None when it is not a list of attributes."""
    name = ""
    classes: list[str] = []
    pairs: list[tuple[str, str]] = []
    position = 0
    inside = inside.strip()
    while position < len(inside):
        found = _ONE.match(inside, position)
        if found is None:
            return None
        if found["name"]:
            name = found["name"]
        elif found["class"]:
            classes.append(found["class"])
        else:
            value = found["bare"] if found["quoted"] is None else _ESCAPED.sub(r"\1", found["quoted"])
            pairs.append((found["key"].lower(), value))
        position = found.end()
    if not (name or classes or pairs):
        return None
    return Attributes(name, tuple(classes), tuple(pairs))


def split_attributes(title: str) -> tuple[str, Attributes]:
    """A heading's text without its trailing braces, and what they said; text that only looks like it stays text."""
    if not title.endswith("}") or (found := _TRAILING.search(title)) is None:
        return title, Attributes()
    said = read_attributes(found["inside"])
    if said is None:
        return title, Attributes()
    return title[: found.start()].rstrip(), said


def write_attributes(said: Attributes) -> str:
    """`said` as Markdown, with the braces; "" when there is nothing to say. The reverse of `read_attributes`."""
    parts = [f"#{said.name}"] if said.name else []
    parts += [f".{name}" for name in said.classes]
    parts += [f'{key}="{_quote(value)}"' for key, value in said.pairs]
    return "{" + " ".join(parts) + "}" if parts else ""


def _quote(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
