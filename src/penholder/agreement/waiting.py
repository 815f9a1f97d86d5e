"""What waits for one person: to answer, lodge, settle, decide, clear, close, go on, open the next round, publish."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from penholder.agreement import deadlines, delegations, process, tallies
from penholder.agreement.deadlines import Left, local_day
from penholder.agreement.models import Asked, Class, How, Kind, Remark, RemarkState, Round, Stance, State
from penholder.agreement.rules.authority import RUNNING
from penholder.agreement.voices import ENDS_A_BODY
from penholder.drafting.models import Iteration
from penholder.people import permissions
from penholder.people.acting import posts_of
from penholder.people.models import Person, Post, Succession
from penholder.record.models import Entry

Task = Literal[
    "answer", "answer-again", "deemed", "lodge", "settle", "decide", "clear", "close", "renew", "open", "publish"
]
# The order in which tasks without a deadline, or with the same one, are listed.
TASKS: tuple[Task, ...] = (
    "answer",
    "answer-again",
    "settle",
    "lodge",
    "clear",
    "decide",
    "close",
    "renew",
    "open",
    "publish",
    "deemed",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do. `act_as` is the post to act as; `on_behalf_of` the asked post in words when that is another's.

    `count` says how many remarks it is about; `words` is why, in the reader's language. `deadline_at` and `left`
    are None where no deadline runs.
    """

    task: Task
    words: str
    round_id: int
    round_key: str
    kind: str
    document: str
    number: int
    act_as: Post
    on_behalf_of: str = ""
    asked_id: int | None = None
    remark_id: int | None = None
    count: int = 0
    deadline_at: datetime | None = None
    left: Left | None = None


@dataclass(frozen=True, slots=True)
class _Voice:
    """A post for which the person may answer, as which post, and in which scope."""

    asked_post: int
    act_as: Post
    on_behalf_of: str = ""
    series: str = ""
    document: int = 0

    def speaks_in(self, round: Round) -> bool:
        return (not self.series or round.series == self.series) and (
            not self.document or round.iteration.document_id == self.document
        )


def waits_for(person: Person, *, at: datetime) -> list[Waiting]:
    """Everything that waits for a person at a moment, the nearest deadline first. Fifteen queries at most.

    Only rounds that run are looked at, so the cost does not grow with those that ended.
    """
    posts = posts_of(person, at=at)
    found = list(_to_answer(list(_voices(person, posts, at=at)), at=at))
    runs = next((post for post in posts if not permissions.objections("round.open", post)), None)
    clears = next((post for post in posts if not permissions.objections("round.clear", post)), None)
    if runs or clears:
        found += _to_run(person, runs, clears, at=at)
    if runs:
        found += _to_go_on(runs)
    last = datetime.max.replace(tzinfo=at.tzinfo)
    return sorted(found, key=lambda one: (one.task == "deemed", one.deadline_at or last, TASKS.index(one.task)))


def _voices(person: Person, posts: Sequence[Post], *, at: datetime) -> Iterator[_Voice]:
    for post in posts:
        yield _Voice(post.pk, post)
    for given in delegations.standing(person, at):
        series = given.round.series if given.round else ""
        yield _Voice(given.post_id, given.post, given.post.words, series, given.document_id or 0)
    rows = Succession.objects.filter(
        successor__in=[post.organisation_id for post in posts], kind__in=ENDS_A_BODY, on__lte=local_day(at)
    )
    successors = {(row.predecessor_id, row.successor_id) for row in rows}
    gone = Post.objects.filter(organisation__in=[before for before, _ in successors]).select_related("organisation")
    for post in gone if successors else ():
        for own in posts:
            if (post.organisation_id, own.organisation_id) in successors and own.role == post.role:
                yield _Voice(post.pk, own, post.words)


def _light(rows: QuerySet[Asked]) -> QuerySet[Asked]:
    rows = rows.select_related("round__iteration__document", "post__organisation", "answer")
    return rows.defer("round__iteration__manifest", "round__iteration__events")


def _to_answer(voices: list[_Voice], *, at: datetime) -> Iterator[Waiting]:
    by_post: defaultdict[int, list[_Voice]] = defaultdict(list)
    for voice in voices:
        by_post[voice.asked_post].append(voice)
    asked = list(_light(Asked.objects.filter(post__in=by_post, round__state__in=RUNNING)))
    mine: dict[int, tuple[Asked, _Voice]] = {}
    for row in asked:
        speaking = next((voice for voice in by_post[row.post_id] if voice.speaks_in(row.round)), None)
        if speaking is not None:
            mine[row.pk] = row, speaking
            if told := _answering(row):
                task, words = told
                yield _of(row, speaking, task, words, at=at)
    here = {(row.post_id, row.round.series): pk for pk, (row, _) in mine.items()}
    internal = Remark.objects.filter(asked__in=mine, state=RemarkState.INTERNAL).values_list("asked", flat=True)
    for pk, count in sorted(Counter(internal).items()):
        row, voice = mine[pk]
        words = ngettext(
            "%(count)s remark of your organisation can be lodged or dropped",
            "%(count)s remarks of your organisation can be lodged or dropped",
            count,
        ) % {"count": count}
        yield _of(row, voice, "lodge", words, at=at, count=count)
    claimed = Remark.objects.filter(
        asked__round__series__in={series for _, series in here},
        asked__post__in={post for post, _ in here},
        state=RemarkState.LODGED,
        klass=Class.CONDITION,
        claimed_met_at__isnull=False,
    ).select_related("asked__round")
    for remark in claimed.order_by("claimed_met_at", "pk"):
        found = here.get((remark.asked.post_id, remark.asked.round.series))
        if found is not None:
            row, voice = mine[found]
            words = _("The pen team says that condition %(number)s is met; only you can settle it")
            words %= {"number": remark.number}
            yield _of(row, voice, "settle", words, at=at, remark_id=remark.pk, count=1)


def _answering(row: Asked) -> tuple[Task, str] | None:
    answer = row.answer
    if answer is None:
        if row.changed:
            said = ngettext(
                "%(count)s of the sections you answer for changed since you signed",
                "%(count)s of the sections you answer for changed since you signed",
                len(row.changed),
            )
            return "answer", said % {"count": len(row.changed)}
        return "answer", _("You are asked to answer")
    if answer.how == How.DEEMED:
        return "deemed", _("Your silence was taken as consent; you can still answer")
    if answer.stance == Stance.WITHDRAWN:
        return "answer-again", _("You withdrew; the text waits for a new answer")
    if answer.stance == Stance.NOT_CONTENT and answer.how == How.CARRIED:
        return "answer-again", _("You objected to an earlier text; say whether that still stands")
    return None


def _of(
    row: Asked, voice: _Voice, task: Task, words: str, *, at: datetime, count: int = 0, remark_id: int | None = None
) -> Waiting:
    return Waiting(
        task=task,
        words=words,
        round_id=row.round_id,
        round_key=row.round.key,
        kind=row.round.kind,
        document=row.round.iteration.document.title,
        number=row.round.iteration.number,
        act_as=voice.act_as,
        on_behalf_of=voice.on_behalf_of,
        asked_id=row.pk,
        remark_id=remark_id,
        count=count,
        deadline_at=row.deadline_at,
        left=deadlines.left(at, row.deadline_at),
    )


def _to_run(person: Person, runs: Post | None, clears: Post | None, *, at: datetime) -> Iterator[Waiting]:
    """For the chair, what can be cleared; for the pen team, what wants a decision, an end or a newer text."""
    rounds = Round.objects.filter(state__in=[*RUNNING, State.RETURNED]).select_related("iteration__document")
    rounds = rounds.annotate(newest=Max("iteration__document__iterations__number"))
    rows = list(rounds.defer("iteration__manifest", "iteration__events").order_by("deadline_at", "pk"))
    counted = tallies.count_many([row for row in rows if row.state in RUNNING], at=at)
    written = _written_by(person, rows, at=at) if clears else set()
    for row in rows:
        tally = counted.get(row.pk)
        clearable = row.kind in process.CLEARED_KINDS and row.pk not in written
        if clears and tally and clearable and not _blocked(row, tally):
            yield _running(row, clears, "clear", _("Everything is settled: it can be cleared"))
        if not runs:
            continue
        if tally and tally.undisposed:
            words = ngettext(
                "%(count)s remark without a disposition", "%(count)s remarks without a disposition", tally.undisposed
            ) % {"count": tally.undisposed}
            yield _running(row, runs, "decide", words, count=tally.undisposed)
        if row.state == State.RETURNED:
            yield _running(row, runs, "renew", _("The text was returned; go on with a newer iteration"))
        elif row.newest > row.iteration.number:
            words = _("Iteration %(newest)s is sealed; the round is on %(number)s")
            yield _running(row, runs, "renew", words % {"newest": row.newest, "number": row.iteration.number})
        elif row.kind not in process.CLEARED_KINDS and tally and not tally.pending:
            yield _running(row, runs, "close", _("Everybody answered or the deadline has passed: it can be closed"))


def _written_by(person: Person, rounds: Sequence[Round], *, at: datetime) -> set[int]:
    """Those rounds whose text the person wrote, by the rule that keeps writers from clearing. One query."""
    writing = Round.writers.through.objects.filter(
        Q(post__holdings__until=None) | Q(post__holdings__until__gt=F("round__iteration__sealed_at")),
        round__in=[round.pk for round in rounds],
        post__holdings__person=person,
        post__holdings__since__lte=at,
    )
    return set(writing.values_list("round", flat=True))


def _blocked(round: Round, tally: tallies.Sums) -> bool:
    due = tally.due if round.silence_is_consent else 0
    return bool(
        tally.objecting
        or tally.unseen
        or tally.conditions
        or tally.undisposed
        or tally.agreed + due < tallies.needed(round.rule, round.rule_number, tally.asked)
        or (round.silence_is_consent and tally.pending)
    )


def _running(round: Round, post: Post, task: Task, words: str, *, count: int = 0) -> Waiting:
    document = round.iteration.document.title
    number = round.iteration.number
    return Waiting(task, words, round.pk, round.key, round.kind, document, number, post, count=count)


def _to_go_on(runs: Post) -> Iterator[Waiting]:
    """Cleared texts that are their document's newest, not published, and without the round that comes next."""
    newer = Iteration.objects.filter(document=OuterRef("iteration__document"), number__gt=OuterRef("iteration__number"))
    published = Entry.objects.filter(subject=OuterRef("iteration__seal"), act="edition.published")
    rounds = Round.objects.filter(~Exists(newer), ~Exists(published), state=State.CLEARED)
    rounds = rounds.select_related("iteration__document").defer("iteration__manifest", "iteration__events")
    rows = list(rounds.order_by("ended_at", "pk"))
    here = Round.objects.filter(iteration__in=[row.iteration_id for row in rows]).exclude(
        state__in=[State.CALLED_OFF, State.REPLACED]
    )
    held = set(here.values_list("iteration", "kind")) if rows else set()
    for row in rows:
        required = process.REQUIRED[row.iteration.document.kind]
        after = required[required.index(Kind(row.kind)) + 1 :] if row.kind in required else None
        if after is None:
            continue
        if not after:
            yield _running(row, runs, "publish", _("Everything it needs is cleared: it can be published"))
        elif (row.iteration_id, after[0]) not in held:
            step = _("The next step can be opened: %(kind)s") % {"kind": after[0].label.lower()}
            yield _running(row, runs, "open", step)
