"""The ASGI application: published files, and co-editing and Django behind them, loaded when they are asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import cast

from penholder.config import settings
from penholder.web.public.application import Application, Behind, FilesFirst
from penholder.web.public.files import Published

# What lies below these is never published: there Django also says that something is missing.
DJANGO = ("/desk/", "/account/", "/answer/")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "penholder.config.settings")


def _django() -> tuple[Application, Callable[[str], bool]]:
    from django.core.asgi import get_asgi_application  # noqa: PLC0415 - half a second that the public site never needs

    django = get_asgi_application()
    from penholder.web.desk.access import complete  # noqa: PLC0415
    from penholder.web.live.application import Live  # noqa: PLC0415

    application = cast("Application", Live(django, complete, settings.PENHOLDER_REDIS))
    from django.urls import Resolver404, get_resolver, resolve  # noqa: PLC0415

    get_resolver().url_patterns  # noqa: B018 - loads every page's code now, and not when somebody waits for one

    def has(path: str) -> bool:
        """Whether Django answers this address, or would once a slash is added. Below its own doors it always does."""
        if path.startswith(DJANGO):
            return True
        for candidate in (path, path if path.endswith("/") else path + "/"):
            try:
                resolve(candidate)
            except Resolver404:
                continue
            return True
        return False

    return application, has


app = FilesFirst(Published(settings.PENHOLDER_PUBLIC, tls=settings.PENHOLDER_TLS), Behind(_django))
