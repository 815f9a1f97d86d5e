"""Where documents and editions stand on the site; and addresses that once were, kept for ever."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.db import transaction

from penholder.drafting.models import Document, Kind
from penholder.errors import Refused
from penholder.publishing.models import Address

# First parts of addresses that are pages of the site itself; a document with such a key gets "-document" after it.
RESERVED = frozenset(
    {"actions", "departments", "coverage", "changes", "passages", "help", "accessibility", "media", "assets", "cy"}
)


def of_document(document: Document) -> str:
    """Where the current edition of a document stands on the site."""
    if document.kind == Kind.DEPARTMENTAL and document.organisation:
        return f"/departments/{document.organisation.key}/"
    return f"/{document.key}-document/" if document.key in RESERVED else f"/{document.key}/"


def of_edition(document: Document, number: int) -> str:
    """Where one of its editions stands, frozen, for ever."""
    return f"{of_document(document)}editions/{number}/"


def of_action(number: int) -> str:
    """Where the page of an action stands on the site."""
    return f"/actions/{number:02}/"


def keep(path: str, target: str) -> None:
    """Send readers of `path` to `target` from now on. Raises Refused when that would lead round in a circle."""
    keep_all({path: target})


@transaction.atomic
def keep_all(targets: Mapping[str, str]) -> int:
    """Keep many addresses with three queries. Returns how many are new or lead elsewhere now.

    Raises Refused, keeping none, when one is no path or when following them would lead round in a circle.
    """
    rows = {row.path: row for row in Address.objects.all()}
    made, changed = [], []
    for given, target in targets.items():
        path = _path(given)
        row = rows.get(path)
        if row is None:
            row = rows[path] = Address(path=path, target=target)
            made.append(row)
        elif row.target != target:
            row.target = target
            changed.append(row)
    follow({path: row.target for path, row in rows.items()})
    Address.objects.bulk_create(made, batch_size=500)
    Address.objects.bulk_update([row for row in changed if row.pk], ["target"], batch_size=200)
    return len(made) + len(changed)


def kept() -> dict[str, str]:
    """Every old address and where it leads in one step. One query."""
    return follow(dict(Address.objects.values_list("path", "target")))


def follow(targets: Mapping[str, str]) -> dict[str, str]:
    """`targets` with chains followed to their ends. Raises Refused on a circle."""
    ends = {}
    for path in targets:
        seen, end = {path}, targets[path]
        while (bare := end.split("#", 1)[0]) in targets:
            if bare in seen:
                raise Refused(f"The old address {path} leads round in a circle, by {bare}. Give it an end.")
            seen.add(bare)
            end = targets[bare]
        ends[path] = end
    return ends


def _path(given: str) -> str:
    parts = urlsplit(given)
    path = parts.path
    if parts.scheme or parts.netloc or not path.startswith("/") or ".." in path.split("/") or "\\" in path:
        raise Refused(f"“{given}” is not an address on this site. Write a path that starts with /.")
    return path
