"""What changed in a post's scope since its own last answer: what read-and-sign opens at."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, Case, Q, When
from django.utils.translation import gettext as _

from penholder.agreement import scopes
from penholder.agreement.models import Asked, Clearance, How, Judgement
from penholder.agreement.scopes import Change, Judged
from penholder.drafting import sealed_texts
from penholder.drafting.models import Iteration
from penholder.drafting.sealed_texts import SealedPart
from penholder.errors import Missing
from penholder.record.models import Entry
from penholder.text.compare import Comparison, compare


@dataclass(frozen=True, slots=True)
class SinceSection:
    """One section that changed: what kind of change, word by word, and who judged it editorial, if anybody did.

    `before` and `after` are the section as sealed then and now; None where there was none.
    """

    key: str
    title: str
    kind: str
    comparison: Comparison | None
    before: SealedPart | None
    after: SealedPart | None
    judged: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a post's own last answer. `before` None: it has given none, and everything is new to it.

    `moved` are keys of sections that merely stand elsewhere; `restored` those that were changed and changed back.
    """

    asked: Asked
    before: Iteration | None
    after: Iteration
    sections: tuple[SinceSection, ...]
    unchanged: tuple[str, ...]
    moved: tuple[str, ...]
    restored: tuple[str, ...]


def since_signed(asked_id: int) -> Since:
    """What changed in this post's scope since its own last answer. Six queries at most. Raises Missing."""
    return since_answer(find(asked_id))


def find(asked_id: int) -> Asked:
    """The asked post with its round, its text and what it is compared with. Raises Missing. One query."""
    rows = Asked.objects.select_related(
        "round__iteration__document",
        "round__follows__iteration",
        "post__organisation",
        "answer",
        "last_given__asked__round__iteration",
    )
    asked = rows.filter(pk=asked_id).first()
    if asked is None:
        raise Missing(_("Nobody is asked here. Go back to what waits for you."))
    return asked


def since_answer(asked: Asked) -> Since:
    """The same of an asked post that comes as `find` finds it. Five queries at most."""
    after = asked.round.iteration
    keys = [key for key in scopes.sections_of(after) if not asked.sections or key in asked.sections]
    if asked.last_given is None:
        return Since(asked, None, after, (), (), (), ())
    before = asked.last_given.asked.round.iteration
    found = scopes.touching(scopes.changes(before, after), asked.sections)
    changed = {change.section for change in found}
    return Since(
        asked=asked,
        before=before,
        after=after,
        sections=_sections(found, before, after),
        unchanged=tuple(key for key in keys if key not in changed),
        moved=tuple(key for key in scopes.moved(before, after) if key in keys),
        restored=_restored(asked, before, keys, changed),
    )


@dataclass(frozen=True, slots=True)
class SinceAgreed:
    """What changed in a post's scope since the text that was agreed last; `published` says if it was published."""

    before: Iteration
    published: bool
    sections: tuple[SinceSection, ...]


def since_agreed(asked: Asked) -> SinceAgreed | None:
    """For who answers for the first time: what is new since the last edition, or the last cleared text. Four queries.

    None when nothing of the document was agreed before. `asked` comes with its round's iteration.
    """
    after = asked.round.iteration
    earlier = Iteration.objects.filter(document=after.document_id, number__lt=after.number)
    cleared = Clearance.objects.filter(ended_at=None, round__iteration__in=earlier).values("seal")
    published = Entry.objects.filter(act="edition.published", subject__in=earlier.values("seal")).values("subject")
    out = Q(seal__in=published)
    agreed = earlier.annotate(is_out=Case(When(out, then=True), default=False, output_field=BooleanField()))
    before = agreed.filter(out | Q(seal__in=cleared)).order_by("-number").first()
    if before is None:
        return None
    found = scopes.touching(scopes.changes(before, after), asked.sections)
    return SinceAgreed(before, before.is_out, _sections(found, before, after))


def since_iteration(before: Iteration, after: Iteration) -> tuple[SinceSection, ...]:
    """What changed from one iteration to a later one, section by section. Some five queries."""
    return _sections(list(scopes.changes(before, after).values()), before, after)


def _sections(found: list[Change], before: Iteration, after: Iteration) -> tuple[SinceSection, ...]:
    if not found:
        return ()
    texts = sealed_texts.read_many([before.pk, after.pk])
    old = {part.key: part for part in texts[before.pk].sections}
    new = {part.key: part for part in texts[after.pk].sections}
    judged = Judged.until(after)
    told = []
    for change in found:
        was, now = old.get(change.section), new.get(change.section)
        comparison = compare(was.blocks if was else (), now.blocks if now else ()) if was or now else None
        told.append(SinceSection(change.section, change.title, change.kind, comparison, was, now, judged.path(change)))
    return tuple(told)


def _restored(asked: Asked, before: Iteration, keys: list[str], changed: set[str]) -> tuple[str, ...]:
    previous = asked.round.follows
    if previous is None or asked.answer is None or asked.answer.how != How.RESTORED:
        return ()
    between = scopes.changes(before, previous.iteration)
    return tuple(key for key in keys if key in between and key not in changed)
