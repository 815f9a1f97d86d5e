"""Addresses of sign-in and of a person's own account. Only what is offered is here; allauth has more."""

from __future__ import annotations

from typing import cast

from allauth.account import views as account
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect.views import callback
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from penholder.web.desk import account as own
from penholder.web.desk import factors, invitations, languages
from penholder.web.desk.access import DeskRequest, View


def page(view: View):  # type: ignore[no-untyped-def]  # noqa: ANN201 - the same view, as Django wants it
    """A view that asks by itself whether somebody is signed in."""

    def plain(request: HttpRequest, **more: object):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return view(cast("DeskRequest", request), **more)

    return plain


urlpatterns: list[URLPattern | URLResolver] = [
    path("", page(own.front), name="account"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", own.closed, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("second-factor/", page(factors.explain), name="second_factor"),
    path("2fa/", RedirectView.as_view(pattern_name="account")),
    path("2fa/webauthn/", RedirectView.as_view(pattern_name="account")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", page(own.sessions), name="usersessions_list"),
    path("oidc/<str:provider_id>/login/", own.to_provider, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", callback, name="openid_connect_callback"),
    path("3rdparty/", social.connections, name="socialaccount_connections"),
    path("3rdparty/login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", social.login_error, name="socialaccount_login_error"),
    path("3rdparty/signup/", own.closed, name="socialaccount_signup"),
    path("language/", languages.choose, name="language"),
    path("invitation/<str:token>/", invitations.accept, name="invitation"),
]
