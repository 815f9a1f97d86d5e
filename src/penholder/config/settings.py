"""Django settings, from the environment and nothing else. Everything has a safe default for an embedded instance.

Every variable is listed in `VARIABLES` and described in docs/settings.md; a test fails when one is not.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from penholder.config import instance
from penholder.config.environment import (
    database,
    flag,
    hosts,
    languages,
    mail,
    origin,
    proxies,
    second_factor,
    secret_key,
    single_sign_on,
)

PACKAGE = Path(__file__).resolve().parents[1]

# Where an embedded instance keeps everything: database, media, the published site, its secret.
HOME = Path(os.environ.get("PENHOLDER_HOME", "home")).resolve()

SECRET_KEY = secret_key(os.environ, HOME)
DEBUG = flag(os.environ, "PENHOLDER_DEBUG")
ALLOWED_HOSTS = hosts(os.environ)

USE_TZ = True
TIME_ZONE = os.environ.get("PENHOLDER_TIME_ZONE", "Europe/London")
USE_I18N = True
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [PACKAGE / "locale"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "penholder.record",
    "penholder.people",
    "penholder.drafting",
    "penholder.agreement",
    "penholder.publishing",
    "penholder.services",
    "penholder.delivery",
    "penholder.jobs",
]
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, dict[str, Any]] = {"default": database(os.environ, HOME)}

ROOT_URLCONF = "penholder.config.urls"
ASGI_APPLICATION = "penholder.config.asgi.app"
MIDDLEWARE = [
    "penholder.web.desk.headers.strict",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "penholder.web.desk.languages.speaking",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "penholder.web.desk.access.acting",
    "allauth.account.middleware.AccountMiddleware",
    "penholder.web.desk.refusals.Refusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            PACKAGE / "web" / "public" / "templates",
            PACKAGE / "web" / "desk" / "templates",
            PACKAGE / "jobs" / "templates",
            Path(django.__file__).parent / "forms" / "templates",
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": ["penholder.web.desk.shell.shell"],
            "libraries": {"rounds": "penholder.web.desk.words"},
        },
    },
]
FORM_RENDERER = "penholder.web.desk.rendering.Plain"

# Settings of Penholder itself. Django's own names stand above.
PENHOLDER_MEDIA = HOME / "media"
# The key that signs checkpoints of the record. It is not in the database, so who changes one cannot sign the other.
PENHOLDER_RECORD_KEY = HOME / "keys" / "record.key"
PENHOLDER_PUBLIC = HOME / "public"
PENHOLDER_CACHE = HOME / "cache"
# The log of journey events and what was sealed of it; commands that need no database find it by the home alone.
PENHOLDER_EVENTS = HOME / "events"
# The address of the engine that counts journeys, when one machine is outgrown; empty: DuckDB, in this process.
PENHOLDER_ENGINE = instance.engine()
# Where sealed events lie besides the folder, for other machines and engines; empty: nowhere.
PENHOLDER_STORAGE = instance.storage()
# The callable that gives every page of the site; publishing may not import the door that draws them.
PENHOLDER_PAGES = "penholder.web.public.pages.all_pages"
# What the front-end build leaves, published below /assets/.
PENHOLDER_ASSETS = PACKAGE / "web" / "static" / "built"
# Whether a proxy in front speaks TLS; only then may browsers be told never to come without it (HSTS).
PENHOLDER_TLS = flag(os.environ, "PENHOLDER_TLS")
# Where readers find the site, for links that leave it (feeds, sitemaps); empty when nobody has said.
PENHOLDER_ADDRESS = os.environ.get("PENHOLDER_ADDRESS", "")
# Languages of the site's own words; the strategy stays in its own. The first stands at /, the others below /cy/.
PENHOLDER_LANGUAGES = languages(os.environ)

# Django's own mail goes into the queue, and from there to where PENHOLDER_POST says.
EMAIL_BACKEND = "penholder.jobs.outgoing.Queue"
PENHOLDER_POST = mail(os.environ, HOME)
DEFAULT_FROM_EMAIL = os.environ.get("PENHOLDER_MAIL_FROM", "Penholder <penholder@localhost>")

# ── Sign-in (docs/people.md) ────────────────────────────────────────────────────────────────────────────────────────

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "account_login"
CSRF_FAILURE_VIEW = "penholder.web.desk.refusals.stranger"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    # NCSC: length beats rules about signs; three words come to this.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A working day. Whoever finds a laptop in the morning finds nobody signed in.
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PENHOLDER_TLS
# With the prefix, browsers take the cookie only over TLS, from this very host, for all of it.
SESSION_COOKIE_NAME = "__Host-session" if PENHOLDER_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PENHOLDER_TLS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = origin(PENHOLDER_ADDRESS)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

PENHOLDER_PROXIES = proxies(os.environ)
# Tells processes of each other's updates to drafts; without it they look at the table four times a second.
PENHOLDER_REDIS = os.environ.get("REDIS_URL", "")
ALLAUTH_TRUSTED_PROXY_COUNT = PENHOLDER_PROXIES
# Believed only when the operator says that a proxy stands in front and speaks TLS.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PENHOLDER_TLS and PENHOLDER_PROXIES else None

# Attempts are counted here, in the database, so that several processes count together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "people_kept"}}

ACCOUNT_ADAPTER = "penholder.web.desk.sign_in.Accounts"
MFA_ADAPTER = "penholder.web.desk.sign_in.Factors"
SOCIALACCOUNT_ADAPTER = "penholder.web.desk.sign_in.SingleSignOn"
ACCOUNT_FORMS = {
    "login": "penholder.web.desk.sign_in_forms.SignIn",
    "reset_password": "penholder.web.desk.sign_in_forms.AskForPassword",
    "reset_password_from_key": "penholder.web.desk.sign_in_forms.NewPassword",
    "change_password": "penholder.web.desk.sign_in_forms.ChangePassword",
    "set_password": "penholder.web.desk.sign_in_forms.FirstPassword",
    "reauthenticate": "penholder.web.desk.sign_in_forms.ProveByPassword",
}
MFA_FORMS = {
    "authenticate": "penholder.web.desk.sign_in_forms.Code",
    "reauthenticate": "penholder.web.desk.sign_in_forms.ProveByCode",
    "activate_totp": "penholder.web.desk.sign_in_forms.AddApp",
    "add_webauthn": "penholder.web.desk.sign_in_forms.AddPasskey",
    "edit_webauthn": "penholder.web.desk.sign_in_forms.RenamePasskey",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# An address is proved by the invitation that was sent to it; there is no other way in.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PENHOLDER_TLS else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Penholder"
# One step of 30 seconds either way: telephones' clocks differ.
MFA_TOTP_TOLERANCE = 1
# Without TLS there is only this machine's own browser, which allows passkeys on http://localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PENHOLDER_TLS
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": single_sign_on(os.environ)}}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False

# Roles whose posts are acted as only with a second factor (docs/decisions says why).
PENHOLDER_SECOND_FACTOR = second_factor(os.environ)
