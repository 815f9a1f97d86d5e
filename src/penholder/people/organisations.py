"""Organisations, found by any name that they go by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from penholder.errors import Missing, Refused
from penholder.people import entries, permissions
from penholder.people.acting import Acting
from penholder.people.models import Alias, Organisation, Post, Succession
from penholder.record import ledger


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of an organisation. What is empty leaves what is known already as it is."""

    key: str
    name: str
    acronym: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()
    leader: str = ""  # title of the post that answers for it
    strategy_url: str = ""


def fold(name: str) -> str:
    """A name without what people write differently: case, accents, punctuation, "the", "&" for "and"."""
    plain = unicodedata.normalize("NFKD", name.replace("&", " and "))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    plain = re.sub(r"[’']", "", plain)
    words = re.sub(r"[^\w]+", " ", plain).split()
    return " ".join(word for word in words if word != "the") or " ".join(words)


def find(name: str) -> Organisation:
    """The organisation with this key, name, acronym or alias. Raises Missing."""
    found = Organisation.objects.filter(key=name).first()
    found = found or Organisation.objects.filter(aliases__folded=fold(name)).first()
    if found is None:
        raise Missing(
            _("No organisation goes by the name “%(name)s”. Add it as an alias of the one that is meant.")
            % {"name": name}
        )
    return found


@transaction.atomic
def put_all(named: Iterable[Named], *, at: datetime) -> tuple[Mapping[str, Organisation], int]:
    """Make or complete organisations, with their aliases and posts, in a dozen queries however many there are.

    An organisation is the same as one that is known when its key is, or else when its name or an alias is. Returns them
    by the key that the caller used, and how many of them are new or were completed.
    """
    known = {organisation.key: organisation for organisation in Organisation.objects.select_related("parent")}
    aliases = {alias.folded: alias.organisation_id for alias in Alias.objects.all()}
    by_pk = {organisation.pk: organisation for organisation in known.values()}
    given = list(named)
    found: dict[str, Organisation] = {}
    made, changed = [], []
    for one in given:
        organisation = known.get(one.key) or next(
            (by_pk[aliases[folded]] for folded in map(fold, (one.name, *one.aliases)) if folded in aliases), None
        )
        if organisation is None:
            organisation = known[one.key] = Organisation(key=one.key, name=one.name)
            made.append(organisation)
        if _complete(organisation, one) and organisation.pk:
            changed.append(organisation)
        found[one.key] = organisation
    Organisation.objects.bulk_create(made)
    Organisation.objects.bulk_update(changed, ["name", "acronym", "kind", "strategy_url"])
    new = _put_aliases(given, found, set(aliases))
    told = {row.key: "organisation.changed" for row in found.values() if row in changed or row.key in new}
    told |= {row.key: "organisation.made" for row in made}
    rows, posts = {row.key: row for row in found.values()}, _put_posts(given, found)
    acts = [entries.of_organisation(act, rows[key], new.get(key, ()), by=None, at=at) for key, act in told.items()]
    ledger.append_all([*acts, *(entries.of_post(act, post, by=None, at=at) for act, post in posts)])
    return found, len(set(told) | {post.organisation.key for _act, post in posts})


def _complete(organisation: Organisation, one: Named) -> bool:
    before = (organisation.name, organisation.acronym, organisation.kind, organisation.strategy_url)
    organisation.name = one.name or organisation.name
    organisation.acronym = one.acronym or organisation.acronym
    organisation.kind = one.kind or organisation.kind
    organisation.strategy_url = one.strategy_url or organisation.strategy_url
    return before != (organisation.name, organisation.acronym, organisation.kind, organisation.strategy_url)


def _put_aliases(given: Iterable[Named], found: Mapping[str, Organisation], taken: set[str]) -> dict[str, list[str]]:
    """Add the names that are new. Returns them by the key of the organisation that is found by them from now on."""
    rows = []
    for one in given:
        for name in (one.name, one.acronym, one.key, *one.aliases):
            folded = fold(name)
            if folded and folded not in taken:  # the first organisation that goes by a name keeps it
                taken.add(folded)
                rows.append(Alias(organisation=found[one.key], name=name, folded=folded))
    Alias.objects.bulk_create(rows)
    new: dict[str, list[str]] = {}
    for row in rows:
        new.setdefault(row.organisation.key, []).append(row.name)
    return new


def _put_posts(given: Iterable[Named], found: Mapping[str, Organisation]) -> list[tuple[str, Post]]:
    """Make or rename the posts that answer. Returns what became of which."""
    wanted = {f"{found[one.key].key}-digital-leader": one for one in given if one.leader}
    known = {post.key: post for post in Post.objects.filter(key__in=wanted).select_related("organisation")}
    made, changed = [], []
    for key, one in wanted.items():
        post = known.get(key)
        if post is None:
            made.append(Post(key=key, organisation=found[one.key], title=one.leader))
        elif post.title != one.leader:
            post.title = one.leader
            changed.append(post)
    Post.objects.bulk_create(made)
    Post.objects.bulk_update(changed, ["title"])
    return [("post.made", post) for post in made] + [("post.renamed", post) for post in changed]


@dataclass(slots=True)
class Branch:
    """An organisation in the tree: what stands below it, its posts, and what became of it (empty: it stands)."""

    organisation: Organisation
    depth: int = 0
    posts: list[Post] = field(default_factory=list)
    followed_by: list[Succession] = field(default_factory=list)


def tree(*, on: date) -> list[Branch]:
    """Every organisation with its posts, each after the one that it belongs to, by name. Three queries."""
    branches = {row.pk: Branch(row) for row in Organisation.objects.order_by("name")}
    for post in Post.objects.order_by("title").select_related("organisation"):
        branches[post.organisation_id].posts.append(post)
    for row in Succession.objects.filter(on__lte=on).select_related("successor"):
        branches[row.predecessor_id].followed_by.append(row)
    below: dict[int | None, list[Branch]] = {}
    for branch in branches.values():
        below.setdefault(branch.organisation.parent_id, []).append(branch)
    ordered: list[Branch] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        branch = waiting.pop()
        ordered.append(branch)
        for child in reversed(below.get(branch.organisation.pk, [])):
            child.depth = branch.depth + 1
            waiting.append(child)
    return ordered


@transaction.atomic
def make(
    *, name: str, by: Acting | None, at: datetime, acronym: str = "", kind: str = "department", parent: str = ""
) -> Organisation:
    """Set up an organisation, below another when `parent` (any of its names) is said. Raises Refused, Missing."""
    name = " ".join(name.split())
    reasons = permissions.objections("people.invite", by.post) if by else []
    if not fold(name):
        reasons.append(_("An organisation needs a name."))
    taken = Alias.objects.filter(folded__in=[fold(name), fold(acronym) or fold(name)]).select_related("organisation")
    reasons += [
        _("“%(alias)s” is known already: %(organisation)s.") % {"alias": alias.name, "organisation": alias.organisation}
        for alias in taken
    ]
    if reasons:
        raise Refused(reasons)
    above = find(parent) if parent else None
    organisation = Organisation.objects.create(
        key=_free_key(slugify(acronym or name)[:70] or "organisation"),
        name=name,
        acronym=acronym,
        kind=kind,
        parent=above,
    )
    new = _put_aliases([Named(organisation.key, name, acronym)], {organisation.key: organisation}, set())
    aliases = new.get(organisation.key, [])
    ledger.append_all([entries.of_organisation("organisation.made", organisation, aliases, by=by, at=at)])
    return organisation


def _free_key(wanted: str) -> str:
    taken = set(Organisation.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(key for key in numbered if key not in taken)
