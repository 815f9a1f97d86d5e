"""Which editions of a document are compared with which."""

from __future__ import annotations

from itertools import combinations, pairwise

from penholder.web.public.site import Publication

# Up to this many pages every edition is compared with every other: twenty editions have 190 pairs.
ALL_PAIRS_UP_TO = 200


def pairs(publication: Publication) -> list[tuple[int, int]]:
    """Older and newer edition of each comparison that has a page, by their numbers.

    All while they are few; of many editions, and of departments' answers, each with the next and with the newest.
    """
    numbers = [edition.number for edition in publication.editions]
    everything = list(combinations(numbers, 2))
    if len(everything) <= ALL_PAIRS_UP_TO and not publication.departmental:
        return everything
    following = set(pairwise(numbers))
    return sorted(following | {(number, numbers[-1]) for number in numbers[:-1]})


def path_between(publication: Publication, old: int, new: int) -> str:
    """Where two editions are compared. They must be one of `pairs`."""
    return f"/changes/{publication.key}/{old}-{new}/"
