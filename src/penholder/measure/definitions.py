"""The figures that every department must supply: what each one means, by which formula, from which source, since when.

A figure names the version that made it. When a definition changes, a version is added and the old one is given its last
day; docs/measures.md says the same in a table, and a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from penholder.errors import Missing

Unit = Literal["share", "pounds", "seconds", "count", "score", "years of age"]

_BEGINNING = date(2013, 1, 1)


@dataclass(frozen=True)
class Definition:
    """One version of one figure's definition, in force from a day until before another, if that has come."""

    key: str
    version: int
    title: str
    formula: str
    source: str
    unit: Unit
    effective_from: date
    effective_to: date | None = None


def _manual(page: str) -> str:
    return f"GOV.UK Service Manual, “{page}”"


_OURS = "Penholder; Government Digital Strategy of 2012: services become simpler, clearer and faster"

COMPLETION_RATE = Definition(
    "completion-rate", 1, "Completion rate",
    "mature attempts that ended as intended, not eligible or already done / mature attempts, by the day of their start",
    _manual("Measuring completion rate"), "share", _BEGINNING,
)  # fmt: skip
TAKE_UP_WITHOUT_ASSISTED = Definition(
    "digital-take-up", 1, "Digital take-up",
    "completed digital transactions without assisted digital / completed transactions in all channels",
    _manual("Measuring digital take-up"), "share", _BEGINNING, date(2017, 1, 1),
)  # fmt: skip
TAKE_UP = Definition(
    "digital-take-up", 2, "Digital take-up",
    "completed digital transactions with assisted digital / completed transactions in all channels",
    _manual("Measuring digital take-up"), "share", date(2017, 1, 1),
)  # fmt: skip
SHARE_SATISFIED = Definition(
    "share-satisfied", 1, "Share satisfied",
    "answers of the two best of five levels / all answers",
    _manual("Measuring user satisfaction"), "share", _BEGINNING,
)  # fmt: skip
SATISFACTION_SCORE = Definition(
    "satisfaction-score", 1, "Satisfaction score",
    "mean of the five levels, with the worst as 0 and the best as 1",
    _manual("Measuring user satisfaction"), "score", _BEGINNING,
)  # fmt: skip
COST_PER_TRANSACTION = Definition(
    "cost-per-transaction", 1, "Cost per transaction",
    "sum of cost lines, each by its allocation key, without those excluded / completed transactions in all channels",
    _manual("Measuring cost per transaction"), "pounds", _BEGINNING,
)  # fmt: skip
MEDIAN_TIME = Definition(
    "median-time", 1, "Time to complete, median",
    "median over attempts that ended as intended of the time from start to end, without gaps longer than the idle time",
    _OURS, "seconds", _BEGINNING,
)  # fmt: skip
P90_TIME = Definition(
    "p90-time", 1, "Time to complete, nine in ten",
    "the time that nine in ten attempts that ended as intended did not exceed, without gaps longer than the idle time",
    _OURS, "seconds", _BEGINNING,
)  # fmt: skip
QUESTIONS = Definition(
    "questions", 1, "Questions on the median path",
    "median over attempts that ended as intended of the questions shown, repeats counted",
    _OURS, "count", _BEGINNING,
)  # fmt: skip
PAGES = Definition(
    "pages", 1, "Pages on the median path",
    "median over attempts that ended as intended of the pages shown, questions among them, repeats counted",
    _OURS, "count", _BEGINNING,
)  # fmt: skip
DOCUMENTS = Definition(
    "documents", 1, "Documents demanded",
    "median over attempts that ended as intended of the documents demanded",
    _OURS, "count", _BEGINNING,
)  # fmt: skip
READING_AGE = Definition(
    "reading-age", 1, "Reading age",
    "4.71 × letters and digits / words + 0.5 × words / sentences − 21.43, plus 5, rounded up, over all pages",
    "R. J. Senter and E. A. Smith, “Automated Readability Index”, AMRL-TR-66-220, 1967", "years of age", _BEGINNING,
)  # fmt: skip
ERRORS_PER_QUESTION = Definition(
    "errors-per-question", 1, "Validation errors per question",
    "answers refused / questions shown, over mature attempts",
    _OURS, "count", _BEGINNING,
)  # fmt: skip
HELP_OPENED = Definition(
    "help-opened", 1, "Help opened",
    "mature attempts in which help was opened / mature attempts",
    _OURS, "share", _BEGINNING,
)  # fmt: skip
FAILURE_DEMAND = Definition(
    "failure-demand", 1, "Failure demand",
    "contacts made because something was not done or not done right / contacts of every kind",
    "J. Seddon, “Freedom from Command and Control”, 2003", "share", _BEGINNING,
)  # fmt: skip

DEFINITIONS = (
    COMPLETION_RATE, TAKE_UP_WITHOUT_ASSISTED, TAKE_UP, SHARE_SATISFIED, SATISFACTION_SCORE, COST_PER_TRANSACTION,
    MEDIAN_TIME, P90_TIME, QUESTIONS, PAGES, DOCUMENTS, READING_AGE, ERRORS_PER_QUESTION, HELP_OPENED, FAILURE_DEMAND,
)  # fmt: skip


def definition(key: str, on: date) -> Definition:
    """The version of a figure's definition in force on a day."""
    for each in DEFINITIONS:
        if each.key == key and each.effective_from <= on and (each.effective_to is None or on < each.effective_to):
            return each
    known = ", ".join(sorted({each.key for each in DEFINITIONS}))
    raise Missing(f"No definition of “{key}” was in force on {on}. Known figures: {known}.")
