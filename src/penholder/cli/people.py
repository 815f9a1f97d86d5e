"""`penholder people …`: who holds which post. What is done here is done by the operator, and says so."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from penholder.cli import console

if TYPE_CHECKING:
    from penholder.people.models import Person

# Where `penholder serve` listens unless it is told otherwise; for links in letters of an instance without an address.
NEARBY = "http://127.0.0.1:8000"


@click.group(epilog="Example:  penholder people invite hmrc-digital-leader grace@hmrc.example")
def people() -> None:
    """Show and change who holds which post."""
    console.start()


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="List as JSON on stdout.")
def list_(as_json: bool) -> None:
    """List organisations with their posts, and who holds each now."""
    from penholder.people import organisations, posts  # noqa: PLC0415 - after the start

    at = _now()
    branches = organisations.tree(on=_day(at))
    followed = {branch.organisation.pk: [row.successor.key for row in branch.followed_by] for branch in branches}
    rows: list[dict[str, Any]] = [
        {
            "organisation": held.post.organisation.key,
            "post": held.post.key,
            "title": held.post.title,
            "role": held.post.role,
            "holders": [
                {"name": one.person.name, "email": one.person.email, "since": one.since.isoformat()} for one in held.now
            ],
            "followed_by": followed[held.post.organisation_id],
        }
        for held in posts.holders([post for branch in branches for post in branch.posts], at=at)
    ]
    if as_json:
        console.as_json(rows)
        return
    table = Table("Post", "Title", "Role", "Held by", box=None, pad_edge=False)
    for row in rows:
        names = ", ".join(f"{one['name']} <{one['email']}>" for one in row["holders"]) or "nobody"
        table.add_row(row["post"], row["title"], row["role"], names)
    console.out().print(
        table if rows else "There is no post yet. `penholder people post ORGANISATION TITLE` makes one."
    )


@people.command()
@click.argument("name")
@click.option("--acronym", default="", help="Its short form.")
@click.option("--below", default="", metavar="ORGANISATION", help="The organisation that it belongs to.")
@click.option("--json", "as_json", is_flag=True, help="Say what was made as JSON.")
def organisation(name: str, acronym: str, below: str, as_json: bool) -> None:
    """Set up an organisation called NAME."""
    from penholder.people import organisations  # noqa: PLC0415 - after the start

    made = organisations.make(name=name, acronym=acronym, parent=below, by=None, at=_now())
    _say({"organisation": made.key, "name": made.name}, f"{made.name} is set up as “{made.key}”.", as_json)


@people.command()
@click.argument("organisation")
@click.argument("title")
@click.option(
    "--role", default="leader", show_default=True, help="What it is for; `penholder people list` shows roles."
)
@click.option("--json", "as_json", is_flag=True, help="Say what was made as JSON.")
def post(organisation: str, title: str, role: str, as_json: bool) -> None:
    """Set up a post called TITLE in ORGANISATION (any of its names)."""
    from penholder.people import organisations, posts  # noqa: PLC0415 - after the start

    made = posts.make(organisation=organisations.find(organisation), title=title, role=role, by=None, at=_now())
    _say(
        {"post": made.key, "title": made.title, "role": made.role}, f"{made.words} is set up as “{made.key}”.", as_json
    )


@people.command()
@click.argument("post")
@click.argument("email")
@click.option("--name", default="", help="Their name, if it is known.")
@click.option("--days", default=14, show_default=True, help="How long the link is good.")
@click.option("--json", "as_json", is_flag=True, help="Say what was sent as JSON.")
def invite(post: str, email: str, name: str, days: int, as_json: bool) -> None:
    """Send EMAIL a link to accept POST (its key). The link is printed too, for whoever has no mail server yet."""
    from django.conf import settings  # noqa: PLC0415 - after the start
    from django.urls import reverse  # noqa: PLC0415

    from penholder.people import invitations, posts  # noqa: PLC0415

    def link(token: str) -> str:
        return (settings.PENHOLDER_ADDRESS or NEARBY).rstrip("/") + reverse("invitation", args=[token])

    invitation, token = invitations.invite(
        post=posts.find(post), email=email, name=name, days=days, link=link, by=None, at=_now()
    )
    told = {
        "post": invitation.post.key,
        "email": invitation.email,
        "expires_at": invitation.expires_at.isoformat(),
        "link": link(token),
    }
    _say(told, f"{invitation.email} is invited to be {invitation.post.words}. The link:\n{link(token)}", as_json)


@people.command()
@click.argument("post")
@click.argument("email")
@click.option("--instead", is_flag=True, help="Instead of everybody who holds it now; else beside them.")
@click.option("--reason", default="", help="Why.")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
def hold(post: str, email: str, instead: bool, reason: str, as_json: bool) -> None:
    """Say that the person with the account EMAIL holds POST (its key) from now on."""
    from penholder.people import posts  # noqa: PLC0415 - after the start

    act = posts.replace if instead else posts.hold
    holding = act(post=posts.find(post), person=_person(email), by=None, at=_now(), reason=reason)
    told = {"post": post, "email": holding.person.email, "since": holding.since.isoformat()}
    _say(told, f"{holding.person} holds {holding.post.words}.", as_json)


@people.command()
@click.argument("post")
@click.argument("email")
@click.option("--reason", default="", help="Why.")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
def leave(post: str, email: str, reason: str, as_json: bool) -> None:
    """Say that the person with the account EMAIL no longer holds POST (its key)."""
    from penholder.people import posts  # noqa: PLC0415 - after the start

    holding = posts.leave(post=posts.find(post), person=_person(email), by=None, at=_now(), reason=reason)
    assert holding.until is not None  # noqa: S101 - it has just ended
    told = {"post": post, "email": holding.person.email, "until": holding.until.isoformat()}
    _say(told, f"{holding.person} no longer holds {holding.post.words}.", as_json)


@people.command()
@click.argument("predecessor")
@click.argument("successors", nargs=-1, required=True)
@click.option("--kind", default="merged", show_default=True, help="merged, split, renamed or moved.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="From which day; today unless said.")
@click.option("--reason", required=True, help="Why; it stands in the record.")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
def succeed(  # noqa: PLR0917 - click calls it by name
    predecessor: str, successors: tuple[str, ...], kind: str, on: datetime | None, reason: str, as_json: bool
) -> None:
    """Say that SUCCESSORS answer from a day on for what is asked of PREDECESSOR (any of their names)."""
    from penholder.people import organisations, successions  # noqa: PLC0415 - after the start

    at = _now()
    rows = successions.succeed(
        predecessor=organisations.find(predecessor),
        successors=[organisations.find(name) for name in successors],
        kind=kind,
        on=on.date() if on else _day(at),
        reason=reason,
        by=None,
        at=at,
    )
    told = [
        {"predecessor": row.predecessor.key, "successor": row.successor.key, "kind": row.kind, "on": row.on.isoformat()}
        for row in rows
    ]
    _say(told, "\n".join(f"{row}." for row in rows), as_json)


def _say(data: Any, words: str, as_json: bool) -> None:
    if as_json:
        console.as_json(data)
    else:
        console.out().print(words, markup=False)


def _person(email: str) -> Person:
    from penholder.errors import Missing  # noqa: PLC0415 - after the start
    from penholder.people.models import Person  # noqa: PLC0415

    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        raise Missing(f"Nobody has an account with the address {email}. `penholder people invite` makes one.")
    return person


def _now() -> datetime:
    from django.utils import timezone  # noqa: PLC0415 - after the start

    return timezone.now()


def _day(at: datetime) -> date:
    from django.utils import timezone  # noqa: PLC0415 - after the start

    return timezone.localtime(at).date()
