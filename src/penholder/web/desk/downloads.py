"""Tables and files that are downloaded from the desk."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from django.http import HttpResponse


def csv_file(name: str, heads: Iterable[str], lines: Iterable[Iterable[object]]) -> HttpResponse:
    """A CSV file for spreadsheets: with a byte order mark, and nothing in it that one would run as a formula."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    writer.writerow(heads)
    for line in lines:
        writer.writerow(
            [f"'{text}" if (text := str(cell))[:1] in {"=", "+", "-", "@", "\t", "\r"} else text for cell in line]
        )
    return answer
