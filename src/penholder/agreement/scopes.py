"""What changed between two sealed texts, section by section: the ground on which signatures are carried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from penholder.agreement.models import Judgement
from penholder.drafting import media, sealed_texts
from penholder.drafting.models import Iteration
from penholder.text.align import increasing

# "" as a section's key stands for the document itself: its title and its owner.
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one section. `before` and `after` are digests of its text; "" where there was none.

    `picture` means that the words stayed and a picture, film or table file that they show did not.
    """

    section: str
    title: str
    kind: Literal["changed", "added", "removed", "renamed", "picture"]
    before: str
    after: str


def sections_of(iteration: Iteration) -> dict[str, tuple[str, str]]:
    """Each section's title and digest by its key, in their order."""
    return {row["key"]: (row["title"], row["sha256"]) for row in iteration.manifest["sections"]}


def in_scope(iteration: Iteration, scope: Collection[str]) -> list[list[str]]:
    """Key and digest of each section in a scope; of the whole text nothing, because its seal already says it."""
    return [[key, sections_of(iteration)[key][1]] for key in scope if key in sections_of(iteration)] if scope else []


def changes(before: Iteration, after: Iteration) -> dict[str, Change]:
    """Every section that is not as it was, by key. A section that merely stands elsewhere did not change.

    No query, unless a file changed under its old path: then two, to see which sections show it.
    """
    if before.seal == after.seal:
        return {}
    old, new = sections_of(before), sections_of(after)
    found = {}
    if before.manifest["document"] != after.manifest["document"]:
        found[WHOLE] = Change(WHOLE, after.manifest["document"]["title"], "renamed", "", "")
    for key, (title, digest) in new.items():
        if key not in old:
            found[key] = Change(key, title, "added", "", digest)
        elif old[key][1] != digest:
            found[key] = Change(key, title, "changed", old[key][1], digest)
        elif old[key][0] != title:
            found[key] = Change(key, title, "renamed", digest, digest)
    found |= {key: Change(key, title, "removed", digest, "") for key, (title, digest) in old.items() if key not in new}
    for key in _with_new_pictures(before, after):
        found.setdefault(key, Change(key, new[key][0], "picture", new[key][1], new[key][1]))
    return found


def _with_new_pictures(before: Iteration, after: Iteration) -> list[str]:
    old = {file["path"]: file["sha256"] for file in before.manifest["media"]}
    paths = [f["path"] for f in after.manifest["media"] if old.get(f["path"], f["sha256"]) != f["sha256"]]
    if not paths:
        return []
    return [part.key for part in sealed_texts.read(after).sections if media.referenced(part.text, paths)]


def touching(found: Mapping[str, Change], scope: Collection[str]) -> list[Change]:
    """Those changes that concern a scope; an empty scope is the whole text, with its title."""
    return [change for key, change in found.items() if not scope or key in scope]


def moved(before: Iteration, after: Iteration) -> list[str]:
    """Keys of sections, in both texts, that stand elsewhere among those that stayed in their order."""
    old = {key: place for place, key in enumerate(sections_of(before))}
    common = [key for key in sections_of(after) if key in old]
    staying = set(increasing([old[key] for key in common]))
    return [key for place, key in enumerate(common) if place not in staying]


class Judged:
    """Which changes of a document's sections people have judged to be editorial, also step by step over iterations."""

    def __init__(self, judgements: Iterable[Judgement]) -> None:
        self._steps: defaultdict[tuple[str, str], list[Judgement]] = defaultdict(list)
        for judgement in judgements:
            self._steps[judgement.section, judgement.before].append(judgement)

    @classmethod
    def until(cls, iteration: Iteration) -> Judged:
        """What was judged of a document up to this iteration. One query."""
        rows = Judgement.objects.filter(
            iteration__document=iteration.document_id, iteration__number__lte=iteration.number
        )
        return cls(rows)

    def path(self, change: Change) -> tuple[Judgement, ...]:
        """The judgements that lead from the text before to the text after; empty when the change was not judged so."""
        reached: dict[str, tuple[Judgement, ...]] = {change.before: ()}
        waiting = [change.before]
        while waiting and change.kind == "changed":
            at = waiting.pop()
            if at == change.after:
                return reached[at]
            for step in self._steps[change.section, at]:
                if step.after not in reached:
                    reached[step.after] = (*reached[at], step)
                    waiting.append(step.after)
        return ()
