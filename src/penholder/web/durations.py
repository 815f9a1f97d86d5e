"""How long something took, in words, for every door."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def duration(seconds: float) -> str:
    """A time in the two largest units that say something."""
    if seconds < _MINUTE:
        return _("%(count)s s") % {"count": round(seconds)}
    if seconds < _HOUR:
        return _("%(minutes)s min %(seconds)s s") % dict(
            zip(("minutes", "seconds"), divmod(round(seconds), _MINUTE), strict=True)
        )
    if seconds < 2 * _DAY:
        minutes = round(seconds / _MINUTE)
        return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
    days = round(seconds / _DAY)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
