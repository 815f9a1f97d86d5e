"""Letters about a person's own account: a new password, and word of every change, so that a thief is noticed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# What happened, by allauth's name for the letter. The sentence is both the subject and the beginning.
CHANGES = {
    "account/email/password_changed": gettext_noop("Your password was changed"),
    "account/email/password_set": gettext_noop("A password was set for your account"),
    "account/email/password_reset": gettext_noop("Your password was changed by a link from an e-mail"),
    "mfa/email/totp_activated": gettext_noop("An app for codes was added to your account"),
    "mfa/email/totp_deactivated": gettext_noop("The app for codes was removed from your account"),
    "mfa/email/webauthn_added": gettext_noop("A passkey was added to your account"),
    "mfa/email/webauthn_removed": gettext_noop("A passkey was removed from your account"),
    "mfa/email/recovery_codes_generated": gettext_noop("New recovery codes were made for your account"),
    "socialaccount/email/account_connected": gettext_noop("Single sign-on was joined to your account"),
    "socialaccount/email/account_disconnected": gettext_noop("Single sign-on was taken from your account"),
}


def letter(name: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and text of a letter about an account. Raises KeyError for one that is not sent here."""
    if name == "account/email/password_reset_key":
        return _("Choose a new password"), new_password(context)
    return _(CHANGES[name]), changed(_(CHANGES[name]), context)


def new_password(context: dict[str, Any]) -> str:
    """The letter with the link under which a new password is chosen."""
    return _(
        "Somebody, probably you, asked for a new password for the desk.\n\n"
        "Choose one here:\n\n%(link)s\n\n"
        "The link works once. If it was not you, do nothing: your password stays as it is."
    ) % {"link": context["password_reset_url"]}


def changed(what: str, context: dict[str, Any]) -> str:
    """The letter that tells of a change, with where it came from."""
    return _(
        "%(what)s, from the address %(ip)s with this browser: %(browser)s\n\n"
        "If that was you, there is nothing to do. If it was not, change your password at once, look through the list "
        "of your sessions, end those that are not yours, and tell whoever invited you."
    ) % {"what": what, "ip": context.get("ip", "?"), "browser": context.get("user_agent", "?")}
