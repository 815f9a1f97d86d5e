"""How an attempt ended. The words are kept as they stand here in every sealed file, so they do not change."""

from __future__ import annotations

INTENDED = "intended"  # the person got what the service is for
NOT_ELIGIBLE = "not-eligible"  # the service told the person, rightly, that it is not for them
ALREADY_DONE = "already-done"  # what the person came for had been done before
ERROR = "error"  # the service failed the person
OPEN = "open"  # none of these, up to now

OUTCOMES = (INTENDED, NOT_ELIGIBLE, ALREADY_DONE, ERROR, OPEN)

# To be told "not you" or "done already" is an answer, and the person need not try again: it counts as completed.
# Source: GOV.UK Service Manual, "Measuring completion rate".
COMPLETING = (INTENDED, NOT_ELIGIBLE, ALREADY_DONE)
