"""Moments as letters say them: in words, in the instance's time zone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from penholder.agreement import deadlines

# How a day is written: “Friday 5 April 2013”.
DAY = "l j F Y"


def said(at: datetime) -> str:
    """A moment: “16:07 on Friday 5 April 2013”."""
    local = timezone.localtime(at)
    return _("%(time)s on %(day)s") % {"time": f"{local:%H:%M}", "day": date_format(local, DAY)}


def until(deadline: datetime) -> str:
    """A deadline: “the end of Friday 5 April 2013” where it is the midnight after, else the moment."""
    local = timezone.localtime(deadline)
    if local.time() == time(0):
        return _("the end of %(day)s") % {"day": date_format(local - timedelta(hours=1), DAY)}
    return said(deadline)


def left(at: datetime, deadline: datetime) -> str:
    """How long is left, in whole working days after today, or that the deadline has passed."""
    remains = deadlines.left(at, deadline)
    if remains.state == "over":
        return _("The deadline has passed.")
    if remains.clear_days == 0:
        return _("No working day is left after today.")
    return ngettext(
        "One clear working day is left after today.",
        "%(days)s clear working days are left after today.",
        remains.clear_days,
    ) % {"days": remains.clear_days}
