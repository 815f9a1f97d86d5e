"""What channels are called, for every door."""

from __future__ import annotations

from django.utils.translation import gettext as _


def channel_name(kind: str, name: str) -> str:
    """What a channel is called; the usual ones in the reader's language."""
    usual = {
        "digital": _("Digital"), "assisted-digital": _("Assisted digital"), "phone": _("Phone"), "post": _("By post"),
        "counter": _("Counter"), "agent": _("Agent"),
    }  # fmt: skip
    return usual[kind] if kind in usual and name in {"", kind, kind.replace("-", " ").capitalize()} else name
