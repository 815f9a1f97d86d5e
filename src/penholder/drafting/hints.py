"""Hints for clear writing in a draft: what could be clearer in which passage, and which rules are waived, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.utils.translation import ngettext

from penholder.drafting import drafts, naming
from penholder.drafting.models import Document
from penholder.drafting.parsed import parsed
from penholder.drafting.waived import Waiver
from penholder.text import clarity, promised

# What each rule of `clarity.RULES` is called at the desk.
NAMES: Final[dict[str, str | Promise]] = {
    "long-sentence": say("Long sentences"),
    "reading-age": say("Hard to read"),
    "acronym": say("Acronyms that nobody explains"),
    "number-without-source": say("Figures without a source"),
    "promise": say("Promises that cannot be checked"),
    "link-words": say("Links that do not say where they lead"),
    "heading-level": say("Headings that skip a level"),
    "alt-text": say("Pictures without a description"),
}
# `clarity.ADVICE`, in the reader's language.
ADVICE: Final[dict[str, str | Promise]] = {
    "long-sentence": say("This sentence has %(count)s words. Say it in two or three."),
    "reading-age": say("Reading this takes the schooling of a %(age)s-year-old. Use shorter words and sentences."),
    "acronym": say("Nobody explains “%(acronym)s”. Spell it out here, with the letters in brackets."),
    "number-without-source": say("Where does “%(figure)s” come from? Add a footnote or a link."),
    "promise": say("A promise that cannot be checked: it does not say %(lacking)s."),
    "link-words": say("“%(words)s” does not say where the link leads. Use the name of what is there."),
    "heading-level": say(
        "A heading of level %(level)s follows one of level %(before)s. Make it one of level %(wanted)s."
    ),
    "alt-text": say("Say between the square brackets what the picture shows."),
    "alt-text-figure": say("Say in “:alt:” what the picture shows, for those who cannot see it."),
}
# What a promise may lack, as `penholder.text.promised` names it.
LACKING: Final[dict[str, str | Promise]] = {
    promised.WHO: say("who will do it"),
    promised.WHAT: say("what could be counted"),
    promised.WHEN: say("by when"),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that could be clearer. `passage` is its lasting name; `waiver` says why it is left so, if it is."""

    rule: str
    section: str
    title: str
    passage: str
    line: int  # in the section's text, from 1
    words: str
    advice: str
    waiver: Waiver | None = None

    @property
    def name(self) -> str:
        """What the rule is called."""
        return str(NAMES[self.rule])


def of(document: Document) -> list[Hint]:
    """All hints on the draft as it stands, in reading order, the waived ones with their waiver."""
    drafts.read(document.pk)
    parts = naming.names(document).parts
    waivers = list(Waiver.objects.filter(document=document, ended_at=None))
    return _found([(part.key, part.title, part.text) for part in parts], [part.names for part in parts], waivers)


def beside(document: Document, section: str, parts: Sequence[tuple[str, str, str]]) -> list[Hint]:
    """Those on one section of a draft that was read already (key, title, text), for a page that is opened often.

    Passages are named only where a waiver asks for it; elsewhere `passage` is "". One query then.
    """
    waivers = list(Waiver.objects.filter(document=document, ended_at=None))
    if any(row.passage for row in waivers):
        return [hint for hint in of(document) if hint.section == section]
    return _found(parts, None, waivers, only=section)


def _found(
    parts: Sequence[tuple[str, str, str]],
    names: Sequence[Sequence[str]] | None,
    rows: Sequence[Waiver],
    *,
    only: str | None = None,
) -> list[Hint]:
    waivers = {(row.rule, row.passage): row for row in rows}
    found = []
    for hint in clarity.hints([text for _key, _title, text in parts], read=parsed):
        key, title, _text = parts[hint.text]
        if only is not None and key != only:
            continue
        name = names[hint.text][hint.passage] if names else ""
        waiver = waivers.get((hint.rule, name)) or waivers.get((hint.rule, ""))
        found.append(Hint(hint.rule, key, title, name, hint.line, hint.words, _advice(hint), waiver))
    return found


def _advice(hint: clarity.Hint) -> str:
    facts = dict(hint.facts)
    if lacking := [str(LACKING[one]) for one in facts.get("lacking", ())]:
        facts["lacking"] = lacking[0]
        if len(lacking) > 1:
            facts["lacking"] = _("%(first)s or %(last)s") % {"first": ", ".join(lacking[:-1]), "last": lacking[-1]}
    return ADVICE[hint.key] % facts


def open_ones(hints: Sequence[Hint]) -> list[Hint]:
    """Those that nobody waived."""
    return [hint for hint in hints if hint.waiver is None]


def counts(hints: Sequence[Hint]) -> list[tuple[str, str, int]]:
    """Each rule with its name and how many open hints it gives; rules without any are left out."""
    counted = Counter(hint.rule for hint in open_ones(hints))
    return [(rule, str(NAMES[rule]), counted[rule]) for rule in NAMES if counted[rule]]


def objections_to_sealing(document: Document) -> list[str]:
    """Why the draft may not be sealed for want of clarity: only where the document asks for that."""
    if not document.clear_before_sealing:
        return []
    count = len(open_ones(of(document)))
    if not count:
        return []
    words = ngettext(
        "This text is to be clear before it is sealed; %(count)s hint is open. Follow it, or waive it with a reason.",
        "This text is to be clear before it is sealed; %(count)s hints are open. Follow them, or waive them with a "
        "reason.",
        count,
    )
    return [words % {"count": count}]
