"""Posts × sections: how each section stands with each post that answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from penholder.agreement import scopes, tallies
from penholder.agreement.models import Asked, Carry, How, Remark, Round, Stance
from penholder.errors import Missing

# What a cell can say. The first that holds is said.
STATES = (
    "not-asked",
    "withdrawn",
    "objected",
    "conditions",
    "changed-since",
    "deemed",
    "signed-carried",
    "signed",
    "advised",
    "waiting",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One section of the round's iteration."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One asked post and a state (of `STATES`) for each column, in their order."""

    asked_id: int
    post: str
    organisation: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One round: columns are sections in the order of the text, rows are posts by organisation."""

    round: Round
    columns: tuple[Column, ...]
    rows: tuple[MatrixRow, ...]

    def only(self, *, state: str = "", organisation: str = "", section: str = "") -> Matrix:
        """The same with one section alone, one organisation's posts, or posts with a shown cell in one state."""
        places = [place for place, column in enumerate(self.columns) if section in {"", column.key}]
        rows = [
            replace(row, cells=tuple(row.cells[place] for place in places))
            for row in self.rows
            if organisation in {"", row.organisation}
        ]
        kept = tuple(row for row in rows if not state or state in row.cells)
        return Matrix(self.round, tuple(self.columns[place] for place in places), kept)

    def counts(self) -> dict[str, int]:
        """How many cells are in each state; every state is there, 0 too."""
        found = dict.fromkeys(STATES, 0)
        for row in self.rows:
            for cell in row.cells:
                found[cell] += 1
        return found


def matrix(round_id: int) -> Matrix:
    """The matrix of a round. Three queries, however many posts and sections there are. Raises Missing."""
    round = Round.objects.select_related("iteration__document").filter(pk=round_id).first()
    if round is None:
        raise Missing(_("There is no such round. Go back to the list of rounds."))
    columns = [Column(key, title) for key, (title, _) in scopes.sections_of(round.iteration).items()]
    rows = Asked.objects.filter(round=round).select_related("post__organisation", "answer", "last_given")
    unmet: dict[int, list[Remark]] = {}
    for remark in tallies.unsettled(round.series):
        unmet.setdefault(remark.asked.post_id, []).append(remark)
    keys = [column.key for column in columns]
    return Matrix(
        round,
        tuple(columns),
        tuple(
            MatrixRow(
                row.pk,
                row.post.title,
                row.post.organisation.name,
                _cells(row, keys, round, unmet.get(row.post_id, [])),
            )
            for row in rows.order_by("post__organisation__name", "post__title", "pk")
        ),
    )


def _cells(row: Asked, keys: list[str], round: Round, unmet: list[Remark]) -> tuple[str, ...]:
    usual, exceptions = _usual(row, round, unmet), _exceptions(row, round, unmet)
    if not row.sections and not exceptions:
        return (usual,) * len(keys)
    scope = set(row.sections or keys)
    return tuple(exceptions.get(key, usual) if key in scope else "not-asked" for key in keys)


def _usual(row: Asked, round: Round, unmet: list[Remark]) -> str:
    """The state of a section about which there is nothing particular to say."""
    answer = row.answer
    if answer is None:
        word = row.last_given
        stood = word is not None and word.stance in {Stance.CONTENT, Stance.CONTENT_IF, Stance.NIL}
        return "signed-carried" if stood and round.carry != Carry.NOTHING else "waiting"
    if answer.stance in {Stance.WITHDRAWN, Stance.NOT_CONTENT}:
        return "withdrawn" if answer.stance == Stance.WITHDRAWN else "objected"
    if answer.stance == Stance.ADVICE:
        return "advised"
    if any(not remark.section for remark in unmet):
        return "conditions"
    if answer.how == How.DEEMED:
        return "deemed"
    return "signed" if answer.how == How.GIVEN else "signed-carried"


def _exceptions(row: Asked, round: Round, unmet: list[Remark]) -> Mapping[str, str]:
    """Sections with a state of their own: those with a condition, and those that changed since the post signed."""
    answer = row.answer
    if answer is not None and answer.stance in {Stance.WITHDRAWN, Stance.NOT_CONTENT, Stance.ADVICE}:
        return {}
    found: dict[str, str] = {}
    if answer is None and row.last_given is not None and round.carry != Carry.NOTHING:
        found |= dict.fromkeys(row.changed, "changed-since")
    return found | {remark.section: "conditions" for remark in unmet if remark.section}
