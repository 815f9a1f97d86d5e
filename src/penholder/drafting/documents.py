"""Documents and the drafts of their sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from penholder.drafting import positions
from penholder.drafting.models import Document, Section
from penholder.errors import Refused
from penholder.people.models import Organisation
from penholder.text.canonical import canonical

# What the columns hold. A heading longer than this is a paragraph that somebody marked as a heading.
LONGEST_TITLE = 500
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """One section as somebody wrote it. `text` is house Markdown; it is made canonical when it is kept."""

    key: str
    title: str
    text: str


@transaction.atomic
def put(
    *,
    key: str,
    kind: str,
    title: str,
    sections: Sequence[Draft],
    subtitle: str = "",
    organisation: Organisation | None = None,
) -> Document:
    """Make the document, or bring it and its sections to this state. Sections that are not named leave the draft.

    Seven queries at most, however many sections there are. Raises Refused for two sections with one key.
    """
    sections = [Draft(draft.key, _line(draft.title), canonical(draft.text)) for draft in sections]
    _check(key, title, sections)
    facts = {"kind": kind, "title": _line(title), "subtitle": _line(subtitle), "organisation": organisation}
    document, made = Document.objects.get_or_create(key=key, defaults=facts)
    if not made and any(getattr(document, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(document, name, value)
        document.save(update_fields=list(facts))
    _put_sections(document, sections)
    return document


def _line(words: str) -> str:
    """A title in its one spelling: titles are sealed too."""
    return " ".join(canonical(words).split())


def _check(key: str, title: str, sections: Sequence[Draft]) -> None:
    twice = [name for name, count in Counter(section.key for section in sections).items() if count > 1]
    reasons = [f"Document “{key}” has two sections called “{name}”. Give one another key." for name in twice]
    for what, words in [("title", title), *(("section title", section.title) for section in sections)]:
        if len(words) > LONGEST_TITLE:
            reasons.append(
                f"Document “{key}”: the {what} “{words[:60]}…” has over {LONGEST_TITLE} characters. Shorten it."
            )
    reasons += [
        f"Document “{key}”: the section key “{section.key[:60]}…” has over {LONGEST_KEY} characters. Shorten it."
        for section in sections
        if len(section.key) > LONGEST_KEY
    ]
    if reasons:
        raise Refused(reasons)


def _put_sections(document: Document, drafts: Sequence[Draft]) -> None:
    standing = {section.key: section for section in Section.objects.filter(document=document)}
    keys = positions.ordered([standing[draft.key].position if draft.key in standing else "" for draft in drafts])
    made, changed = [], []
    for draft, position in zip(drafts, keys, strict=True):
        section = standing.pop(draft.key, None)
        if section is None:
            made.append(
                Section(document=document, key=draft.key, position=position, title=draft.title, text=draft.text)
            )
        elif (section.position, section.title, section.text) != (position, draft.title, draft.text):
            section.position, section.title, section.text = position, draft.title, draft.text
            changed.append(section)
    if standing:
        Section.objects.filter(pk__in=[section.pk for section in standing.values()]).delete()
    Section.objects.bulk_create(made)
    Section.objects.bulk_update(changed, ["position", "title", "text"], batch_size=100)
