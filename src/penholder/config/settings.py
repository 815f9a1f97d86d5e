"""Django settings, from the environment and nothing else. Everything has a safe default for an embedded instance.

Every variable is listed in `VARIABLES` and described in docs/settings.md; a test fails when one is not.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from penholder.config.environment import database, flag, hosts, languages, secret_key

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
    "penholder.record",
    "penholder.people",
    "penholder.drafting",
    "penholder.agreement",
    "penholder.publishing",
    "penholder.delivery",
]
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, dict[str, Any]] = {"default": database(os.environ, HOME)}

ROOT_URLCONF = "penholder.config.urls"
ASGI_APPLICATION = "penholder.config.asgi.app"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "public" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"context_processors": []},
    },
]

# Settings of Penholder itself. Django's own names stand above.
PENHOLDER_MEDIA = HOME / "media"
# The key that signs checkpoints of the record. It is not in the database, so who changes one cannot sign the other.
PENHOLDER_RECORD_KEY = HOME / "keys" / "record.key"
PENHOLDER_PUBLIC = HOME / "public"
PENHOLDER_CACHE = HOME / "cache"
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
