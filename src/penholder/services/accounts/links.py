"""Links of monthly forms against the record: for whom, by whom, until when, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from penholder.record.accounts import CHUNK, Told, compare_withheld, entries, said, who
from penholder.record.chain import moment
from penholder.record.findings import Broken
from penholder.record.models import Entry
from penholder.services.accounts.sides import Held, Older, sift
from penholder.services.models import FormLink
from penholder.services.monthly import beside

_ACTS = ("form.link-made", "form.link-ended", "form.submitted")


def differences(older: Older) -> list[Broken]:
    """Every link that is not as it was recorded. Two queries, and the record twice."""
    found = sift("links of monthly forms", _recorded(), ((_name(row), _told(row)) for row in _rows()), older)
    return found + compare_withheld(_entries(), ((_name(row), dict(beside(row))) for row in _rows()))


def _recorded() -> Iterator[Held]:
    """Each link with its end; a new one for the same form ends the one before, and a form has one that is open."""
    made: defaultdict[str, list[list[str]]] = defaultdict(list)
    unheld = set()
    for entry, facts in entries(*_ACTS):
        name = f"link of the form of {entry.subject} for {facts.get('period')}"
        at, links = moment(entry.at), made[name]
        if "withheld" not in facts:
            unheld.add(name)
        standing = links[-1] if links and not (links[-1][4] or links[-1][6]) else None
        if entry.act == "form.link-made":
            if standing:
                standing[6] = at
            post, until = said(facts, "post", "expires_at")
            links.append([post, moment(datetime.fromisoformat(until)), who(entry)[:500], at, "", "", ""])
        elif standing and entry.act == "form.link-ended":
            standing[6] = at
        elif standing:
            standing[4:6] = [at, *said(facts, "submission")]
    for name, links in made.items():
        yield from ((name, None if name in unheld else tuple(one)) for one in links)


def _rows() -> Iterator[FormLink]:
    rows = FormLink.objects.select_related("service", "period", "post", "submission")
    return rows.order_by("pk").iterator(CHUNK)


def _told(row: FormLink) -> Told:
    stands = row.submission.key if row.submission else ""
    made = (row.post.key, moment(row.expires_at), row.made_by, moment(row.made_at))
    return (*made, moment(row.used_at), stands, moment(row.ended_at))


def _name(row: FormLink) -> str:
    return f"link of the form of {row.service.key} for {row.period.key}"


def _entries() -> Iterator[tuple[str, Entry]]:
    for entry, facts in entries(*_ACTS):
        if "withheld" in facts:
            yield f"link of the form of {entry.subject} for {facts.get('period')}", entry
