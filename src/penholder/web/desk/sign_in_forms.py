"""The forms of sign-in, with labels and hints in our words. allauth checks what is entered."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from penholder.web.desk.rendering import say_what_is_missing

ADDRESS = _("E-mail address")
PASSWORD = _("Password")
CODE_HINT = _("Six figures from the app on your telephone, or one of your recovery codes.")


def plain(form: forms.Form, labels: dict[str, Any], hints: dict[str, Any] | None = None) -> None:
    """Give a form our labels and hints, and take away the words inside its fields: they vanish when one writes."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.label = labels.get(name, field.label)
        field.help_text = (hints or {}).get(name, "")
    say_what_is_missing(form)


def rules() -> str:
    """What a new password must be like, in one line."""
    return " ".join(password_validators_help_texts())


class SignIn(account.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Address and password; and, for the page around it, the providers of single sign-on."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        request = context.request
        self.providers = [(one.name, one.get_login_url(request)) for one in get_adapter().list_providers(request)]
        plain(self, {"login": ADDRESS, "password": PASSWORD})
        # Says which of the passkeys on this device belong here, next to the address.
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class AskForPassword(account.ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link for a new password goes."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(self, {"email": ADDRESS})


class NewPassword(account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, under a link."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(self, {"password1": _("New password"), "password2": _("New password again")}, {"password1": rules()})


class ChangePassword(account.ChangePasswordForm):  # type: ignore[misc]
    """The present password, and a new one."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        labels = {"password1": _("New password"), "password2": _("New password again")}
        plain(self, labels | {"oldpassword": _("Present password")}, {"password1": rules()})


class FirstPassword(account.SetPasswordForm):  # type: ignore[misc]
    """A password for somebody who has none yet."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(self, {"password1": PASSWORD, "password2": _("Password again")}, {"password1": rules()})


class ProveByPassword(account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(self, {"password": PASSWORD})


class Code(mfa.AuthenticateForm):  # type: ignore[misc]
    """The code of an app, or a recovery code, when signing in."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(self, {"code": _("Code")}, {"code": CODE_HINT})
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class ProveByCode(mfa.ReauthenticateForm):  # type: ignore[misc]
    """The code once more, before something that matters."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(self, {"code": _("Code")}, {"code": CODE_HINT})
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddApp(totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app, which shows that it is set up."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(self, {"code": _("Code that the app shows now")})
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddPasskey(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A name for a passkey. What the device says comes in a hidden field, filled by desk.ts."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(
            self,
            {"name": _("Name of this passkey")},
            {"name": _("For example the device: “Work laptop”, “Telephone”.")},
        )
        # Every passkey here can sign in by itself.
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.fields["passwordless"].initial = "on"
        self.fields["name"].required = True


class RenamePasskey(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        plain(self, {"name": _("Name of this passkey")})
