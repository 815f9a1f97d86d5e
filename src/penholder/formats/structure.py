"""What every importer finds out in the same way: principles, actions, and each organisation's own document.

It reads only house Markdown, so it does not matter which format the text came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from penholder.formats.reading import (
    ReadAction,
    ReadDocument,
    ReadOrganisation,
    ReadPrinciple,
    ReadResponse,
    ReadSection,
)
from penholder.text.attributes import split_attributes

HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]")
NUMBERED = re.compile(r"^(?P<kind>principle|action)-0*(?P<number>\d{1,4})$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>|(?<!\\)[*`]+|(?<![\w\\])_+|_+(?!\w)|\\(?=[!-/:-@\[-`{-~])")


def plain_title(markdown: str) -> str:
    """A heading's words without their markup, white space folded, apostrophes and spaces in one form.

    Two titles that differ only in such typographic noise come out equal, so that comparing them finds real drift.
    """
    words = MARKUP.sub(lambda found: found[1] or "", markdown)
    return " ".join(words.replace("'", "’").replace("‘", "’").replace("\u00a0", " ").split()).rstrip(".")


def headings(markdown: str) -> Iterable[tuple[int, int, str, str, tuple[str, ...], Mapping[str, str]]]:
    """Every heading: line (from 1), level, title, its name, its classes, its other attributes."""
    fence = ""
    for number, line in enumerate(markdown.split("\n"), start=1):
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif found := HEADING.match(line):
            title, said = split_attributes(line[found.end() :].strip())
            bare = title.rstrip("#")  # `## Title ##` is closed; `C#` is a word
            title = bare.rstrip() if bare != title and (not bare or bare[-1] in " \t") else title
            yield number, len(found[1]), title, said.name, said.classes, dict(said.pairs)


def promises(
    documents: Sequence[ReadDocument], *, addresses: Mapping[int, tuple[str, ...]] | None = None
) -> tuple[tuple[ReadPrinciple, ...], tuple[ReadAction, ...]]:
    """The principles and actions that the strategies among `documents` declare by their headings, by number.

    An action belongs to the principle whose heading stands above it. `addresses` gives actions' old addresses.
    A number that is declared twice counts once, where it stands first.
    """
    principles: dict[int, ReadPrinciple] = {}
    actions: dict[int, ReadAction] = {}
    for document in documents:
        if document.kind != "strategy":
            continue
        current = 0
        for section in document.sections:
            for _, _, title, name, classes, values in headings(section.markdown):
                found = NUMBERED.match(name)
                if not found or found["kind"] not in classes:
                    continue
                number = int(found["number"])
                words = plain_title(title)
                if found["kind"] == "principle":
                    current = number
                    principle = ReadPrinciple(number, words, values.get("motto", ""), document.key, section.key, name)
                    principles.setdefault(number, principle)
                else:
                    action = ReadAction(
                        number,
                        words,
                        current,
                        values.get("short", ""),
                        document.key,
                        section.key,
                        name,
                        (addresses or {}).get(number, ()),
                    )
                    actions.setdefault(number, action)
    return tuple(principles[n] for n in sorted(principles)), tuple(actions[n] for n in sorted(actions))


def departmental_documents(
    responses: Sequence[ReadResponse],
    actions: Sequence[ReadAction],
    organisations: Sequence[ReadOrganisation],
    *,
    existing: Sequence[ReadDocument] = (),
) -> tuple[ReadDocument, ...]:
    """One document of kind "departmental" for each organisation that has said something, a section for each action.

    The heading is "Action 01" and not the action's title: a department's text must not change because somebody else
    reworded the action. A silent response makes no section, and an organisation that is silent throughout no document:
    nothing was said, so there is nothing to seal. `existing` gives a document's own title, subtitle, addresses and
    introductory sections (those whose key is not an action's) where the source has them.
    """
    known = {action.number for action in actions}
    own = {document.organisation or document.key: document for document in existing}
    made = []
    for organisation in organisations:
        said = sorted(
            (r for r in responses if r.organisation == organisation.key and not r.silent and r.markdown.strip()),
            key=lambda response: response.action,
        )
        document = own.get(organisation.key)
        opening = tuple(s for s in document.sections if not NUMBERED.match(s.key)) if document else ()
        sections = tuple(_section(response) for response in said if response.action in known or not known)
        if not sections and not opening:
            continue
        base = document or ReadDocument(
            organisation.key, "departmental", organisation.name, (), organisation=organisation.key
        )
        made.append(replace(base, sections=opening + sections))
    return tuple(made)


def _section(response: ReadResponse) -> ReadSection:
    name = f"action-{response.action:02d}"
    said = {
        "stance": response.stance if response.stance != "unstated" else "",
        "reason": response.reason,
        "asked-on": response.asked_on.isoformat() if response.asked_on else "",
        "accepted-by": response.accepted_by,
    }
    attributes = "".join(f' {key}="{attribute_value(value)}"' for key, value in said.items() if value)
    title = f"Action {response.action:02d}"
    markdown = f"## {title} {{#{name} .response{attributes}}}\n\n{response.markdown.strip()}\n"
    return ReadSection(name, title, markdown, response.file)


def attribute_value(words: str) -> str:
    """`words` so that they can stand between double quotes in a heading's attributes."""
    paired = re.sub(r'"([^"]*)"', r"“\1”", " ".join(words.split()))
    return paired.replace('"', "”").replace("{", "(").replace("}", ")").replace("\\", "")
