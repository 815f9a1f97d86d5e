"""Who may do what: one table, by the role of the post. Rules read it, and people are shown it ("why can't I?")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from penholder.people.models import Post, Role

# act → (what it is in words, the roles whose posts may do it). Rules of a room may refuse more, never allow more.
TABLE: Final[Mapping[str, tuple[str, frozenset[Role]]]] = {
    "text.draft": (gettext_noop("write and seal the text"), frozenset({Role.PEN})),
    "draft.contribute": (
        gettext_noop("suggest changes to a draft and discuss it, when asked about it"),
        frozenset(
            {
                Role.PEN,
                Role.CHAIR,
                Role.LEADER,
                Role.CONTRIBUTOR,
                Role.ADVISER,
                Role.MINISTER,
                Role.OFFICE,
                Role.SERVICE_MANAGER,
            }
        ),
    ),
    "contribution.lodge": (
        gettext_noop("let a suggestion or a discussion leave their organisation"),
        frozenset({Role.LEADER, Role.ADVISER, Role.MINISTER, Role.CHAIR, Role.PEN}),
    ),
    "suggestion.decide": (gettext_noop("decide what becomes of a suggestion"), frozenset({Role.PEN})),
    "text.draft-own": (
        gettext_noop("write and seal the strategy of their own organisation"),
        frozenset({Role.LEADER, Role.CONTRIBUTOR}),
    ),
    "text.read": (gettext_noop("read every text before it is published"), frozenset({Role.PEN, Role.CHAIR})),
    "round.open": (gettext_noop("open a round"), frozenset({Role.PEN})),
    "round.run": (gettext_noop("extend, close or call off a round"), frozenset({Role.PEN, Role.CHAIR})),
    "round.clear": (gettext_noop("clear a text"), frozenset({Role.CHAIR})),
    "round.answer": (
        gettext_noop("answer in a round when asked"),
        frozenset({Role.LEADER, Role.ADVISER, Role.MINISTER, Role.OFFICE, Role.CHAIR, Role.SERVICE_MANAGER}),
    ),
    "remark.make": (
        gettext_noop("remark on a text inside an organisation that is asked"),
        frozenset({Role.LEADER, Role.CONTRIBUTOR, Role.ADVISER, Role.MINISTER, Role.OFFICE, Role.SERVICE_MANAGER}),
    ),
    "remark.dispose": (gettext_noop("decide what becomes of a remark"), frozenset({Role.PEN})),
    "change.judge": (gettext_noop("judge that a change is editorial"), frozenset({Role.PEN, Role.CHAIR})),
    "edition.publish": (gettext_noop("schedule, publish, correct or withdraw an edition"), frozenset({Role.PEN})),
    "service.register": (
        gettext_noop("register and describe services"),
        frozenset({Role.PEN, Role.LEADER, Role.CONTRIBUTOR, Role.SERVICE_MANAGER}),
    ),
    "service.assess": (gettext_noop("record what a panel found about a service"), frozenset({Role.PEN, Role.ADVISER})),
    "figures.submit": (
        gettext_noop("submit figures of services"),
        frozenset({Role.PEN, Role.LEADER, Role.CONTRIBUTOR, Role.SERVICE_MANAGER}),
    ),
    "figures.check": (
        gettext_noop("freeze and check figures of services"),
        frozenset({Role.PEN, Role.LEADER, Role.CONTRIBUTOR, Role.SERVICE_MANAGER}),
    ),
    "figures.sign": (gettext_noop("sign off figures of services"), frozenset({Role.LEADER})),
    "figures.publish": (gettext_noop("publish figures that are signed off"), frozenset({Role.PEN, Role.LEADER})),
    "action.measure": (gettext_noop("say by which figures an action is measured"), frozenset({Role.PEN})),
    "people.invite": (gettext_noop("invite people, and say who holds a post"), frozenset({Role.PEN, Role.OPERATOR})),
    "people.appoint": (gettext_noop("say who is chair, minister or operator"), frozenset({Role.OPERATOR})),
    "record.read": (gettext_noop("read the whole record"), frozenset({Role.PEN, Role.CHAIR, Role.OPERATOR})),
}


def objections(act: str, post: Post | None) -> list[str]:
    """Every reason why this post may not do `act`, in words for the person who asked; empty means that it may."""
    words, roles = TABLE[act]
    if post is not None and post.role in roles:
        return []
    allowed = ", ".join(sorted(str(role.label) for role in roles))
    if post is None:
        said = _("Only these may %(words)s: %(allowed)s. At present you hold no post.")
        return [said % {"words": _(words), "allowed": allowed}]
    said = _("Only these may %(words)s: %(allowed)s. At present you act as “%(post)s” (%(role)s).")
    return [said % {"words": _(words), "allowed": allowed, "post": post.title, "role": Role(post.role).label}]


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of the table, for the person who asks: the act in words, who may, and why I may not (empty: I may)."""

    act: str
    words: str
    roles: tuple[str, ...]
    objections: tuple[str, ...]


def explained(post: Post | None) -> list[Explained]:
    """The whole table as it stands for a post, in its order."""
    return [
        Explained(act, _(words), tuple(sorted(str(role.label) for role in roles)), tuple(objections(act, post)))
        for act, (words, roles) in TABLE.items()
    ]
