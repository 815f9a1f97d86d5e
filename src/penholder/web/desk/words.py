"""How the desk writes moments, deadlines, seals and lists: filters for its templates, plain functions for its views."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Protocol

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from penholder.web.channels import channel_name

register = template.Library()


class Named(Protocol):
    """Something with a kind and a name, such as a channel of a service."""

    kind: str
    name: str


# So much of a seal is printed in a sentence: 48 bits, enough for people to tell two texts apart by reading aloud.
SHORT_SEAL = 12


@register.filter
def moment(at: datetime | None) -> str:
    """A moment as “4:07pm on Friday 5 April 2013”, in the instance's time zone; midday and midnight in words."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return _("%(time)s on %(day)s") % {"time": clock(local), "day": date_format(local, "l j F Y")}


@register.filter
def short_moment(at: datetime | None) -> str:
    """A moment as “5 April 2013, 4:07pm”, for tables."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{date_format(local, 'j F Y')}, {clock(local)}"


@register.filter
def day(at: datetime | None) -> str:
    """Its day as “Friday 5 April 2013”."""
    return date_format(timezone.localtime(at), "l j F Y") if at else ""


@register.filter
def deadline(at: datetime | None) -> str:
    """A deadline: "the end of Friday 5 April 2013" when it is the midnight after, else the moment itself."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    if local.time() == time(0):
        return _("the end of %(day)s") % {"day": date_format(local - timedelta(hours=1), "l j F Y")}
    return moment(at)


def clock(local: datetime) -> str:
    """The time of day: “4:07pm”, “5pm”, “midday”, “midnight”."""
    if (local.hour, local.minute) == (0, 0):
        return _("midnight")
    if (local.hour, local.minute) == (12, 0):
        return _("midday")
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{_('am') if local.hour < 12 else _('pm')}"


@register.filter
def short_seal(seal: str) -> str:
    """The beginning of a seal in groups of four, as people read it aloud: "3f9a 12bc 77e0"."""
    return " ".join(seal[start : start + 4] for start in range(0, SHORT_SEAL, 4))


@register.filter
def listed(words: Iterable[object]) -> str:
    """Words in a row: “one, two and three”."""
    every = [str(word) for word in words]
    if len(every) < 2:
        return "".join(every)
    return _("%(first)s and %(last)s") % {"first": ", ".join(every[:-1]), "last": every[-1]}


def ranges(numbers: Iterable[int]) -> str:
    """Whole numbers in short: 1, 2, 3, 7, 9, 10 → "1–3, 7, 9–10"."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in found)


@register.filter
def thousands(count: float) -> str:
    """A count with commas between thousands."""
    return f"{count:,}"


@register.filter
def channel_words(way: Named) -> str:
    """What a channel is called; the usual ones in the reader's language."""
    return channel_name(way.kind, way.name)
