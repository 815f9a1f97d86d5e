"""Documents and the drafts of their sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from penholder.drafting import drafts, positions, rules
from penholder.drafting.edits import LONGEST_KEY, LONGEST_TITLE, line
from penholder.drafting.models import Document, Section
from penholder.errors import Refused
from penholder.people.models import Organisation
from penholder.text.canonical import canonical


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
    at: datetime | None = None,
) -> Document:
    """Make the document, or bring it and its sections to this state. Sections that are not named leave the draft.

    Seven queries at most, however many sections there are; some more when people have written in the draft already,
    which then learns of it as one more update, of the moment `at`. Raises Refused for two sections with one key, and
    for changes to a draft that is frozen.
    """
    sections = [Draft(draft.key, line(draft.title), canonical(draft.text)) for draft in sections]
    _check(key, title, sections)
    facts = {"kind": kind, "title": line(title), "subtitle": line(subtitle), "organisation": organisation}
    document, made = Document.objects.select_for_update(of=("self",)).get_or_create(key=key, defaults=facts)
    if not made and any(getattr(document, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(document, name, value)
        document.save(update_fields=list(facts))
    if made or not document.readable_upto:
        _put_sections(document, sections)
    else:
        drafts.bring_to(document, [(draft.key, draft.title, draft.text) for draft in sections], at=at)
    return document


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


def _put_sections(document: Document, wanted: Sequence[Draft]) -> None:
    standing = {section.key: section for section in Section.objects.filter(document=document)}
    keys = positions.ordered([standing[draft.key].position if draft.key in standing else "" for draft in wanted])
    order = [key for key, _ in sorted(standing.items(), key=lambda each: (each[1].position, each[0]))]
    if (reasons := rules.objections_of_freeze(document)) and (
        order != [draft.key for draft in wanted]
        or any((standing[draft.key].title, standing[draft.key].text) != (draft.title, draft.text) for draft in wanted)
    ):
        raise Refused(reasons)
    made, changed = [], []
    for draft, position in zip(wanted, keys, strict=True):
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
