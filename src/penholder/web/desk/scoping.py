"""Which sections a post is asked about, as a busy person writes it: “2, 4-6”; nothing means the whole text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from penholder.agreement.rules import AskFor
from penholder.people.models import Post

_PIECE = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")


def name_of(post: Post) -> str:
    """The name of the field in which a post's sections are written."""
    return f"scope-{post.pk}"


def numbers(written: str, count: int) -> list[int]:
    """The numbers that were written, from 1 to `count`, in their order. Raises ValueError with what is wrong."""
    found: set[int] = set()
    for piece in filter(None, (one.strip() for one in re.split(r"[,;]", written))):
        said = _PIECE.fullmatch(piece)
        if said is None:
            raise ValueError(
                _("“%(piece)s” is no number of a section. Write numbers such as 2, 4-6.") % {"piece": piece}
            )
        first, last = int(said[1]), int(said[2] or said[1])
        if not 1 <= first <= last <= count:
            raise ValueError(
                _("The text has sections 1 to %(count)s, and “%(piece)s” is none of them.")
                % {"count": count, "piece": piece}
            )
        found.update(range(first, last + 1))
    return sorted(found)


def asked(
    posts: Sequence[Post], sections: Sequence[str], given: Mapping[str, str]
) -> tuple[list[AskFor], dict[int, str]]:
    """Who is asked about which of the `sections` (keys, in order), and by post what is wrong with what was written."""
    told, wrong = [], {}
    for post in posts:
        try:
            chosen = numbers(given.get(name_of(post), ""), len(sections))
        except ValueError as problem:
            wrong[post.pk], chosen = str(problem), []
        told.append(AskFor(post, [sections[number - 1] for number in chosen]))
    return told, wrong
