"""Organisations, found by any name that they go by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from penholder.errors import Missing
from penholder.people.models import Alias, Organisation, Post


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
        raise Missing(f"No organisation goes by the name “{name}”. Add it as an alias of the one that is meant.")
    return found


@transaction.atomic
def put_all(named: Iterable[Named]) -> tuple[Mapping[str, Organisation], int]:
    """Make or complete organisations, with their aliases and posts, in eight queries however many there are.

    An organisation is the same as one that is known when its key is, or else when its name or an alias is. Returns them
    by the key that the caller used, and how many of them are new or were completed.
    """
    known = {organisation.key: organisation for organisation in Organisation.objects.all()}
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
    touched = {organisation.key for organisation in (*made, *changed)}
    touched |= _put_aliases(given, found, set(aliases)) | _put_posts(given, found)
    return found, len(touched)


def _complete(organisation: Organisation, one: Named) -> bool:
    before = (organisation.name, organisation.acronym, organisation.kind, organisation.strategy_url)
    organisation.name = one.name or organisation.name
    organisation.acronym = one.acronym or organisation.acronym
    organisation.kind = one.kind or organisation.kind
    organisation.strategy_url = one.strategy_url or organisation.strategy_url
    return before != (organisation.name, organisation.acronym, organisation.kind, organisation.strategy_url)


def _put_aliases(given: Iterable[Named], found: Mapping[str, Organisation], taken: set[str]) -> set[str]:
    rows = []
    for one in given:
        for name in (one.name, one.acronym, one.key, *one.aliases):
            folded = fold(name)
            if folded and folded not in taken:  # the first organisation that goes by a name keeps it
                taken.add(folded)
                rows.append(Alias(organisation=found[one.key], name=name, folded=folded))
    Alias.objects.bulk_create(rows)
    return {row.organisation.key for row in rows}


def _put_posts(given: Iterable[Named], found: Mapping[str, Organisation]) -> set[str]:
    wanted = {f"{found[one.key].key}-digital-leader": one for one in given if one.leader}
    known = {post.key: post for post in Post.objects.filter(key__in=wanted)}
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
    return {found[wanted[post.key].key].key for post in (*made, *changed)}
