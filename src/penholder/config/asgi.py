"""The ASGI application that Granian runs."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "penholder.config.settings")

app = get_asgi_application()
