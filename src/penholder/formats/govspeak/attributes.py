"""kramdown's attribute lists: `{: .fig #fig-1}`, which stand under their block or over it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A line that is nothing but an attribute list. `{::comment}` and `{:/comment}` are extensions, not attributes.
LIST = re.compile(r"^ {0,3}\{:(?![:/])([^{}]*)\}[ \t]*$")
SPAN = re.compile(r"\{:(?![:/])[^{}\n]*\}")
PART = re.compile(r"""\.([\w-]+)|\#([\w:.-]+)|([\w-]+)=(?:"([^"]*)"|'([^']*)'|(\S+))|([\w-]+)""")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What an attribute list says; several on one block add up."""

    name: str = ""
    classes: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()  # bare words: `toc`

    def __add__(self, other: Attributes) -> Attributes:
        return Attributes(
            other.name or self.name,
            self.classes + tuple(c for c in other.classes if c not in self.classes),
            self.values + other.values,
            self.references + other.references,
        )


def read(text: str) -> Attributes:
    """The attributes in `.fig #fig-1 key="value" toc`."""
    name, classes, values, references = "", [], [], []
    for css, anchor, key, double, single, plain, word in PART.findall(text):
        if css:
            classes.append(css)
        elif anchor:
            name = anchor
        elif key:
            values.append((key, double or single or plain))
        else:
            references.append(word)
    return Attributes(name, tuple(classes), tuple(values), tuple(references))
