"""What a Django page costs that asks the database twice and draws a template: what a published file replaces."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.conf import settings

HERE = Path(os.environ["PLAIN_DJANGO"])
WORDS = (HERE / "page.html").read_text()

settings.configure(
    SECRET_KEY="benchmark",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "plain.sqlite3", "CONN_MAX_AGE": None}
    },
    INSTALLED_APPS=[],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE]}],
)

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Document(models.Model):  # noqa: DJ008 - nobody prints it
    title = models.TextField()

    class Meta:
        app_label = "plain"


class Passage(models.Model):  # noqa: DJ008
    document = models.ForeignKey(Document, models.CASCADE)
    text = models.TextField()

    class Meta:
        app_label = "plain"


TEMPLATE = """<!doctype html><html lang="en"><head><title>{{ document.title }}</title></head>
<body><h1>{{ document.title }}</h1>
{% for passage in passages %}<p id="p-{{ passage.id }}">{{ passage.text }}</p>
{% endfor %}</body></html>"""


def page(request):
    document = Document.objects.get(pk=1)
    return render(request, "plain.html", {"document": document, "passages": Passage.objects.filter(document=document)})


urlpatterns = [path("", page)]
application = get_wsgi_application()


def fill() -> None:
    """The text of the page in about 140 rows, as a strategy of this length has passages."""
    (HERE / "plain.html").write_text(TEMPLATE)
    with connection.schema_editor() as editor:
        editor.create_model(Document)
        editor.create_model(Passage)
    document = Document.objects.create(title="Plain")
    pieces = [line.removeprefix("<p>").removesuffix("</p>") for line in WORDS.splitlines()]
    Passage.objects.bulk_create(Passage(document=document, text=piece) for piece in pieces if piece)


if __name__ == "__main__" and sys.argv[1:] == ["fill"]:
    fill()
