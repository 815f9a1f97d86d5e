"""Who may draft which document, and who may read a draft: by the role of the post, and by whose document it is."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from penholder.drafting.models import Document, Kind
from penholder.people import permissions
from penholder.people.models import Organisation, Post


def objections_to_drafting(kind: str, organisation: Organisation | None, post: Post | None) -> list[str]:
    """Every reason why this post may not begin, write or seal a document of this kind and organisation.

    The pen team drafts everything. A department's own strategy is also drafted by that department.
    """
    reasons = permissions.objections("text.draft", post)
    if not reasons or kind != Kind.DEPARTMENTAL or post is None:
        return reasons
    if reasons := permissions.objections("text.draft-own", post):
        return reasons
    if organisation is None or post.organisation_id != organisation.pk:
        said = _("This is the strategy of %(owner)s. As “%(post)s” you draft that of your own organisation.")
        return [said % {"owner": organisation.name if organisation else "—", "post": post.title}]
    return []


def objections_to_writing(document: Document, post: Post | None) -> list[str]:
    """Every reason why this post may not write in this document, seal it or freeze it, whoever holds the post."""
    if not permissions.objections("text.draft", post):
        return []  # without asking whose it is
    return objections_to_drafting(document.kind, document.organisation, post)


def objections_to_reading(document: Document, posts: Iterable[Post]) -> list[str]:
    """Why somebody who holds these posts may not read the draft; empty when one of them may."""
    reasons: list[str] = []
    for post in posts:
        if not permissions.objections("text.read", post):
            return []
        reasons = objections_to_writing(document, post)
        if not reasons:
            return []
    return reasons or permissions.objections("text.read", None)
