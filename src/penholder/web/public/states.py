"""The words and shapes for what `penholder.delivery.standing` computes of one action and one organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from penholder.delivery.standing import ActionStanding, Answer, OrganisationStanding, Standing
from penholder.delivery.standing import State as StateKey


@dataclass(frozen=True, slots=True)
class State:
    """One state with its words and what they mean. Its shape in the page's sheet of shapes has its key."""

    key: StateKey
    words: str | Promise
    meaning: str | Promise


ALREADY_DONE = State(
    "already-done", _("Already done"), _("The department says that it has already done what the action asks.")
)
WILL_DO = State("will-do", _("Will do"), _("The department says that it will do what the action asks."))
ANSWERED = State("answered", _("Answered"), _("The department has answered in its own words, without naming a stance."))
PARTLY = State("partly", _("In part"), _("The department will do some of what the action asks and says why not all."))
NOT_APPLICABLE = State(
    "not-applicable",
    _("Not applicable"),
    _("The action does not concern the department, by its own word or a decision; reason and name stand beside it."),
)
PROPOSED = State(
    "not-applicable-proposed",
    _("Not applicable: proposed, not decided"),
    _("The department’s words suggest that the action does not concern it. Nobody has decided that."),
)
DECLINED = State("declined", _("Declined"), _("The department says that it will not do what the action asks."))
SILENT = State("silent", _("No response"), _("The department was asked and has not answered."))
NOT_ASKED = State("not-asked", _("Not asked"), _("The department was not asked about this action."))

# In this order wherever states are listed.
STATES = (ALREADY_DONE, WILL_DO, ANSWERED, PARTLY, NOT_APPLICABLE, PROPOSED, DECLINED, SILENT, NOT_ASKED)
BY_KEY = {state.key: state for state in STATES}


@dataclass(frozen=True)
class Cell:
    """One action and one organisation."""

    action: ActionStanding
    organisation: OrganisationStanding
    answer: Answer
    today: date

    @property
    def state(self) -> State:
        """Its state, with words."""
        return BY_KEY[self.answer.state]

    @property
    def silent_days(self) -> int:
        """Whole days of silence on the day of publication."""
        return (self.today - self.answer.silent_since).days if self.answer.silent_since else 0


@dataclass(frozen=True)
class Tally:
    """How many cells are in which state. Counts only: nothing here is averaged."""

    cells: tuple[Cell, ...]

    @cached_property
    def by_state(self) -> Counter[str]:
        """Cells by the key of their state."""
        return Counter(cell.state.key for cell in self.cells)

    @property
    def concerned(self) -> int:
        """Cells of those who were asked, or who answered unasked."""
        return len(self.cells) - self.by_state["not-asked"]

    @property
    def answered(self) -> int:
        """Cells with an answer of any kind."""
        return self.concerned - self.silent

    @property
    def silent(self) -> int:
        """Cells that were asked about and stayed silent."""
        return self.by_state["silent"]

    @property
    def applicable(self) -> int:
        """`concerned` without those that do not apply. What is only proposed not to apply still counts."""
        return self.concerned - self.by_state["not-applicable"]

    @property
    def applicable_answered(self) -> int:
        """Cells to which the action applies, with an answer."""
        return self.applicable - self.silent

    @property
    def silences(self) -> tuple[Cell, ...]:
        """The silent cells."""
        return tuple(cell for cell in self.cells if cell.state is SILENT)

    @property
    def voices(self) -> tuple[Cell, ...]:
        """The cells with an answer."""
        return tuple(cell for cell in self.cells if cell.state not in {SILENT, NOT_ASKED})

    @property
    def rows(self) -> tuple[tuple[State, int], ...]:
        """Each state that occurs, in its fixed order, with its count."""
        return tuple((state, self.by_state[state.key]) for state in STATES if self.by_state[state.key])


class Coverage:
    """The whole matrix of actions × organisations of one strategy, on one day."""

    def __init__(self, standing: Standing | None, today: date) -> None:
        self.actions = tuple(a for a in standing.actions if not a.dropped) if standing else ()
        organisations = standing.organisations if standing else ()
        shown = {action.number for action in self.actions}
        in_it = {key for number, key in (standing.answers if standing else ()) if number in shown}
        self.organisations = tuple(one for one in organisations if one.key in in_it or one.document)
        self.cells = {
            (action.number, one.key): Cell(action, one, standing.answer(action.number, one.key), today)
            for action in self.actions
            for one in self.organisations
            if standing
        }

    def of_action(self, number: int) -> Tally:
        """One column."""
        return _tally(self.cells[number, one.key] for one in self.organisations)

    def of_organisation(self, key: str) -> Tally:
        """One row."""
        return _tally(self.cells[action.number, key] for action in self.actions)

    @cached_property
    def whole(self) -> Tally:
        """Every cell."""
        return _tally(self.cells.values())


def _tally(cells: Iterable[Cell]) -> Tally:
    return Tally(tuple(cells))
