"""Django settings, from the environment and nothing else. Everything has a safe default for an embedded instance."""

from __future__ import annotations

import os
from pathlib import Path

HOME = Path(os.environ.get("PENHOLDER_HOME", "home")).resolve()

SECRET_KEY = "replaced-by-the-domain-work"  # noqa: S105
DEBUG = False
USE_TZ = True
TIME_ZONE = "Europe/London"
INSTALLED_APPS: list[str] = []
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "penholder.sqlite3"}}
