"""What stands in the way of each act: every question answers with a list of reasons, and an empty list means yes.

The same list greys the button, explains it, and guards the act.
"""

from __future__ import annotations

from penholder.agreement.rules.answering import objections_to_answering, objections_to_withdrawing
from penholder.agreement.rules.authority import objections_to_acting, objections_to_running
from penholder.agreement.rules.clearing import (
    matters_before_clearing,
    objections_to_clearing,
    objections_to_publishing,
)
from penholder.agreement.rules.opening import (
    AskFor,
    objections_to_asking,
    objections_to_ending,
    objections_to_extending,
    objections_to_opening,
    objections_to_reminding,
    objections_to_renewing,
)
from penholder.agreement.rules.remarking import (
    NewRemark,
    objections_to_claiming,
    objections_to_disposing,
    objections_to_dropping,
    objections_to_lodging,
    objections_to_remarking,
    objections_to_retracting,
    objections_to_settling,
)

__all__ = [
    "AskFor",
    "NewRemark",
    "matters_before_clearing",
    "objections_to_acting",
    "objections_to_answering",
    "objections_to_asking",
    "objections_to_claiming",
    "objections_to_clearing",
    "objections_to_disposing",
    "objections_to_dropping",
    "objections_to_ending",
    "objections_to_extending",
    "objections_to_lodging",
    "objections_to_opening",
    "objections_to_publishing",
    "objections_to_remarking",
    "objections_to_reminding",
    "objections_to_renewing",
    "objections_to_retracting",
    "objections_to_running",
    "objections_to_settling",
    "objections_to_withdrawing",
]
