"""Journey definitions of two public event logs, drawn in our own words: to try Penholder on, and to learn from.

The logs themselves are not part of Penholder: the receipt phase of building permits in a Dutch municipality (CoSeLoG,
4TU.ResearchData, CC BY) and applications for loans at a Dutch bank (BPI Challenge 2012).
"""

from __future__ import annotations

from datetime import date, timedelta

from penholder.measure.journey_definitions import JourneyDefinition, Kind, Step

# The receipt phase: an application comes in by one of several channels, and ends well when its receipt is confirmed.
# Staff do all of it, so an evening or a weekend without an event is no work; the slowest cases took most of a year.
MUNICIPAL_PERMITS = JourneyDefinition(
    service="municipal-permit-receipt",
    version=1,
    effective_from=date(2010, 1, 1),
    starts=("received",),
    steps=(
        Step(1, "received", Kind.TASK, aliases=("Confirmation of receipt",)),
        Step(2, "checked", Kind.TASK, after=("received", "adjusted"), aliases=("T02 Check confirmation of receipt",)),
        Step(3, "adjusted", Kind.TASK, after=("checked",), aliases=("T03 Adjust confirmation of receipt",)),
        Step(4, "determined", Kind.TASK, after=("checked",), aliases=("T04 Determine confirmation of receipt",)),
        Step(
            5,
            "confirmation-sent",
            Kind.TASK,
            after=("determined",),
            outcome="intended",
            aliases=("T05 Print and send confirmation of receipt",),
        ),
        Step(6, "advice-to-stop-weighed", Kind.TASK, aliases=("T06 Determine necessity of stop advice",)),
        Step(7, "indication-to-stop-weighed", Kind.TASK, aliases=("T10 Determine necessity to stop indication",)),
    ),
    window=timedelta(days=365),
    idle_after=timedelta(hours=4),
)

# To be declined is an answer: the loan is not for this person. A cancelled application is one that its person left.
LOAN_APPLICATIONS = JourneyDefinition(
    service="loan-application",
    version=1,
    effective_from=date(2011, 1, 1),
    starts=("applied",),
    steps=(
        Step(1, "applied", aliases=("A_SUBMITTED",)),
        Step(2, "partly-submitted", after=("applied",), aliases=("A_PARTLYSUBMITTED",)),
        Step(3, "first-check-passed", Kind.TASK, after=("partly-submitted",), aliases=("A_PREACCEPTED",)),
        Step(4, "accepted-for-an-offer", Kind.TASK, after=("first-check-passed",), aliases=("A_ACCEPTED",)),
        Step(5, "offer-sent", Kind.TASK, after=("accepted-for-an-offer",), aliases=("O_SENT",)),
        Step(6, "offer-returned", Kind.DOCUMENT, after=("offer-sent",), aliases=("O_SENT_BACK",)),
        Step(
            7,
            "approved",
            Kind.TASK,
            after=("offer-sent", "offer-returned"),
            outcome="intended",
            aliases=("A_APPROVED",),
        ),
        Step(8, "declined", Kind.TASK, after=("partly-submitted",), outcome="not-eligible", aliases=("A_DECLINED",)),
        Step(9, "cancelled", Kind.TASK, aliases=("A_CANCELLED",)),
    ),
    window=timedelta(days=180),
    idle_after=timedelta(hours=4),
)
