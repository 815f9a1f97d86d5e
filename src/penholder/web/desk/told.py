"""What is said when something about an account is done, by the name that allauth gives to the occasion."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

MESSAGES: Final = {
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/password_changed.txt": _("Your password is changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "mfa/messages/totp_activated.txt": _("The app is set up. From now on you are asked for its code when you sign in."),
    "mfa/messages/totp_deactivated.txt": _("The app is no longer asked for."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new recovery codes. The old ones no longer work."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added. You can sign in with it from now on."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed. Remove it from your device too."),
    "socialaccount/messages/account_disconnected.txt": _("Single sign-on no longer leads to this account."),
}
