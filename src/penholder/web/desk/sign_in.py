"""How sign-in behaves here: who may come in, what is said, and which letters go out. allauth asks these classes."""

from __future__ import annotations

import logging
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from penholder.people.models import Person
from penholder.web.desk import letters
from penholder.web.desk.told import MESSAGES

_log = logging.getLogger(__name__)
WRONG = _("The code is wrong, or its time is over. Try the next one.")


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts come by invitation only, and say the same of an address that is known and of one that is not."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account has been closed. Ask whoever invited you."),
        "email_password_mismatch": _("The e-mail address or the password is wrong. Check both and try again."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": WRONG,
        "incorrect_password": _("The password is wrong. Try again."),
        "invalid_password_reset": _("This link is too old or was used already. Ask for another one."),
        "rate_limited": _("That was too often in a short time. Wait a few minutes, then try again."),
        "too_many_login_attempts": _("That was too often in a short time. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are invited (`penholder.people.invitations`)."""
        del request
        return False

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """The letter of that name, in our words; letters.py holds them all."""
        subject, body = letters.letter(template_prefix, context)
        to = [email] if isinstance(email, str) else email
        return EmailMessage(subject, body, self.get_from_email(), to, headers=headers)

    def add_message(  # noqa: PLR0917 - allauth calls it by position
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what happened, in our words; what is not in the table is not worth saying."""
        del message_context
        words = message or MESSAGES.get(message_template or "")
        if words:
            level = messages.SUCCESS if message_template in MESSAGES else level
            messages.add_message(request, level, str(words), extra_tags=extra_tags)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whether to ask for a proof again before something sensitive: not of who signed in a few minutes ago."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = any(time.time() - record.get("at", 0) < REAUTHENTICATION_TIMEOUT for record in records)
        return not fresh and super().is_reauthentication_required(app=app, **more)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account's page, where the message says that it is done."""
        del request
        return "/account/"


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: what they are called, and when one may go."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_generate_recovery_codes": _("Recovery codes come with a passkey or an app. Add one of them first."),
        "cannot_delete_authenticator": _(
            "Your post wants a second way to prove that it is you. Add another one first."
        ),
        "incorrect_code": WRONG,
    }

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """What a new passkey is called until its owner says better."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return str(_("Passkey %(number)d")) % {"number": number}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether the person can do without it: not when it is the last and one of their posts wants it."""
        from penholder.web.desk.factors import may_go  # noqa: PLC0415 - reads models, which are not ready yet

        return may_go(authenticator)


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on opens the door only to people who are known here, by an address that the provider has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: who is known is recognised before this is asked."""
        del request, sociallogin
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Lead a stranger to the page that says how people come in; it is the same for everyone who is not known."""
        del request
        if not sociallogin.is_existing or not sociallogin.user.is_active:
            raise ImmediateHttpResponse(redirect("account_signup"))
        # The provider's word counts anew each time: an account that was joined under an address keeps to that address.
        verified = {address.email.lower() for address in sociallogin.email_addresses if address.verified}
        if sociallogin.user.email.lower() not in verified:
            raise ImmediateHttpResponse(redirect("account_signup"))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> None:
        """Tell whoever runs this instance what the provider said; the person only reads that it did not work."""
        del request
        told = more.get("exception") or more.get("error")
        _log.warning("Single sign-on at %s did not work: %r", getattr(provider, "name", provider), told)

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Whether an address is enough to know somebody: of the provider that the operator named, yes."""
        del login, email
        return bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])
