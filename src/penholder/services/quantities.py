"""What can be submitted for a service: each quantity by its key, with its unit and what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from penholder.errors import Missing

Unit = Literal["count", "pounds", "share", "score", "seconds"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that is counted or measured elsewhere and submitted as a number.

    `within` is the quantity that it is part of and cannot exceed; `by_channel` says whether it may be given by channel.
    """

    key: str
    title: str
    unit: Unit
    meaning: str
    by_channel: bool = True
    within: str = ""

    @property
    def words(self) -> str:
        """Its title in the reader's language."""
        return _(self.title)

    @property
    def explained(self) -> str:
        """What it means, in the reader's language."""
        return _(self.meaning)


TRANSACTIONS = Quantity(
    "transactions", gettext_noop("Completed transactions"), "count",
    gettext_noop("transactions that were completed in the period"),
)  # fmt: skip
STARTED = Quantity(
    "started", gettext_noop("Attempts started"), "count",
    gettext_noop("attempts that began in the period and have had their time"),
)  # fmt: skip
COMPLETED = Quantity(
    "completed", gettext_noop("Attempts completed"), "count",
    gettext_noop("of the attempts started, those that ended with an answer, “not eligible” included"), within="started",
)  # fmt: skip
SURVEY_OFFERED = Quantity(
    "survey-offered", gettext_noop("Survey offered"), "count",
    gettext_noop("people who were asked how satisfied they were"),
)  # fmt: skip
LEVELS = tuple(
    Quantity(f"satisfied-{level}", title, "count", gettext_noop("people who gave this answer"), within="survey-offered")
    for level, title in enumerate(
        (
            gettext_noop("Very dissatisfied"), gettext_noop("Dissatisfied"), gettext_noop("Neither"),
            gettext_noop("Satisfied"), gettext_noop("Very satisfied"),
        ),
        start=1,
    )
)  # fmt: skip
CONTACTS = Quantity(
    "contacts", gettext_noop("Contacts"), "count",
    gettext_noop("calls, letters and visits of every kind"), by_channel=False,
)  # fmt: skip
CONTACTS_CLASSIFIED = Quantity(
    "contacts-classified", gettext_noop("Contacts looked into"), "count",
    gettext_noop("contacts of which it is known why they were made"), by_channel=False, within="contacts",
)  # fmt: skip
CONTACTS_FAILURE = Quantity(
    "contacts-failure", gettext_noop("Contacts made because something was not done"), "count",
    gettext_noop("contacts made because something was not done, or not done right"), by_channel=False,
    within="contacts-classified",
)  # fmt: skip
HELP_OPENED = Quantity(
    "help-opened", gettext_noop("Attempts in which help was opened"), "count",
    gettext_noop("of the attempts started, those in which help was opened"), within="started",
)  # fmt: skip
COST = Quantity(
    "cost", gettext_noop("Cost"), "pounds",
    gettext_noop("pounds that the service cost in the period, where there are no cost lines"), by_channel=False,
)  # fmt: skip
COST_PER_TRANSACTION = Quantity(
    "cost-per-transaction", gettext_noop("Cost per transaction, as given"), "pounds",
    gettext_noop("pounds, worked out by the source and not by Penholder"),
)  # fmt: skip
COMPLETION_RATE = Quantity(
    "completion-rate", gettext_noop("Completion rate, as given"), "share",
    gettext_noop("a share, worked out by the source and not by Penholder"),
)  # fmt: skip
SHARE_SATISFIED = Quantity(
    "share-satisfied", gettext_noop("Share satisfied, as given"), "share",
    gettext_noop("a share, worked out by the source and not by Penholder"),
)  # fmt: skip
MEDIAN_TIME = Quantity(
    "median-time", gettext_noop("Time to complete, median, as given"), "seconds",
    gettext_noop("seconds, worked out by the source and not by Penholder"),
)  # fmt: skip

QUANTITIES: Final = (
    TRANSACTIONS, STARTED, COMPLETED, SURVEY_OFFERED, *LEVELS, CONTACTS, CONTACTS_CLASSIFIED, CONTACTS_FAILURE,
    HELP_OPENED, COST, COST_PER_TRANSACTION, COMPLETION_RATE, SHARE_SATISFIED, MEDIAN_TIME,
)  # fmt: skip
BY_KEY: Final = {each.key: each for each in QUANTITIES}


def find(key: str) -> Quantity:
    """The quantity with this key. Raises Missing."""
    if key not in BY_KEY:
        raise Missing(
            _("There is no quantity “%(key)s”. There are: %(listed)s.") % {"key": key, "listed": ", ".join(BY_KEY)}
        )
    return BY_KEY[key]
