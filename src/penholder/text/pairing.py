"""Which old passage became which new one. Exact text first, then the author's names, then likeness."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from penholder.text.align import align, increasing, unique_pairs
from penholder.text.passages import Block
from penholder.text.similarity import Likeness, family

# Gaps of up to so many old × new blocks are matched by weighing every pair; a longer one by the index of rare words.
SMALL_GAP = 400
# One to three passages that stand exactly where as many stood were rewritten; more are another text in the same place.
MOST_REWRITTEN = 3
# Parts of a split keep most of their phrases; half, because its ends lose some and parts are often touched up.
PART = 0.5
# The author's name keeps an identity through any rewording. Footnotes are only numbered, so theirs say nothing.
NAMED = frozenset({"heading", "figure", "chart", "film", "table", "callout"})

_FREE = -1  # not paired yet
_JOINED = -2  # an old block that was merged into another's new block


def alike_in_place(words: int) -> float:
    """The least likeness of two blocks between the same neighbours, the smaller with so many different words."""
    return 0.4 + 0.6 / max(words, 1)


def alike_anywhere(words: int) -> float:
    """The least likeness of a block that also moved: stricter, and for one or two words never reached."""
    return 0.5 + 1.5 / max(words, 1)


class Pairing:
    """The pairs found so far. `units` gives them in the end, each with its parts where it was split or merged."""

    def __init__(self, old: Sequence[Block], new: Sequence[Block]) -> None:
        self.old, self.new = old, new
        self.likeness = Likeness(old, new)
        self._to_new = [_FREE] * len(old)
        self._to_old = [_FREE] * len(new)
        self._unpaired: tuple[Sequence[int], Sequence[int]] = (range(len(old)), range(len(new)))  # as last looked at
        self._splits: dict[int, list[int]] = {}  # old block: its new blocks
        self._merges: dict[int, list[int]] = {}  # new block: its old blocks
        self._candidates: list[tuple[float, int, int]] = []  # (likeness, old, new) of unpaired blocks worth a look
        self._waiting: set[str] = set()  # texts still unpaired on both sides: to be paired with themselves only

    def find(self) -> None:
        """Pair all that can be paired, in the order of how sure it is."""
        self._unchanged()
        if not all(self.free()):
            return
        self._named()
        self._in_gaps(alike_in_place, exact=True)
        self._unchanged_elsewhere()
        self._edited_elsewhere()
        self._in_gaps(alike_in_place, exact=False)
        self._split_and_merged()
        # Beyond recognition, but where it stood: a fifth of the words in common, or nothing else to go by.
        self._in_gaps(lambda words: 0.2 + 0.6 / max(words, 1), exact=False)
        self._rewritten()

    def units(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """(old, new) positions of what became what, in the order of the new text."""
        found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        for j, i in enumerate(self._to_old):
            if i >= 0 and self._to_new[i] == j:
                olds = tuple(sorted(self._merges[j])) if j in self._merges else (i,)
                news = tuple(sorted(self._splits[i])) if i in self._splits else (j,)
                found.append((olds, news))
        if self._splits:  # the best of the new passages, which stands for all, need not be the first
            found.sort(key=itemgetter(1))
        return found

    def free(self) -> tuple[Sequence[int], Sequence[int]]:
        """Positions in the old and the new text that are not paired (yet), ascending."""
        olds, news = self._unpaired
        self._unpaired = (
            [i for i in olds if self._to_new[i] == _FREE],
            [j for j in news if self._to_old[j] == _FREE],
        )
        return self._unpaired

    def _pair(self, i: int, j: int) -> None:
        self._to_new[i], self._to_old[j] = j, i

    def _chain(self) -> tuple[list[int], list[int]]:
        """The pairs that stay in order, as many as possible: their old positions, and their new ones."""
        news = [j for j, i in enumerate(self._to_old) if i >= 0 and self._to_new[i] == j]
        olds = [self._to_old[j] for j in news]
        staying = increasing(olds)
        return [olds[at] for at in staying], [news[at] for at in staying]

    def _gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """Between neighbours that stay in order, what is not paired yet on either side, where there is some on both."""
        free = self.free()
        if not all(free):
            return
        by_gap: dict[int, tuple[list[int], list[int]]] = {}
        for side, ends in enumerate(self._chain()):
            for at in free[side]:
                by_gap.setdefault(bisect_left(ends, at), ([], []))[side].append(at)
        for gap in sorted(by_gap):
            left, right = by_gap[gap]
            if left and right:
                yield left, right

    # The same text

    def _unchanged(self) -> None:
        old = [block.digest for block in self.old]
        new = [block.digest for block in self.new]
        if old == new:
            for i in range(len(old)):
                self._pair(i, i)
            return
        ends = self._same_ends(old, new)
        left, right = old[ends[0] : len(old) - ends[1]], new[ends[0] : len(new) - ends[1]]
        pairs = [(i + ends[0], j + ends[0]) for i, j in unique_pairs(left, right)]
        for i, j in pairs:
            self._to_new[i], self._to_old[j] = j, i
        if not self._repeated():
            return
        in_order = [pairs[at] for at in increasing([j for _, j in pairs])]
        # A passage that stands more than once goes with its neighbours: first with those that stayed in order.
        free, end = self._to_new, len(old) - 1
        for group in (in_order, pairs):
            for i, j in group:
                if i < end and free[i + 1] == _FREE:
                    self._along(i, j, 1)
                if i and free[i - 1] == _FREE:
                    self._along(i, j, -1)

    def _same_ends(self, old: list[str], new: list[str]) -> tuple[int, int]:
        shorter = min(len(old), len(new))
        head = 0
        while head < shorter and old[head] == new[head]:
            self._pair(head, head)
            head += 1
        tail = 0
        while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
            tail += 1
            self._pair(len(old) - tail, len(new) - tail)
        return head, tail

    def _along(self, i: int, j: int, step: int) -> None:
        i, j = i + step, j + step
        while (
            0 <= i < len(self.old)
            and 0 <= j < len(self.new)
            and self._to_new[i] == _FREE
            and self._to_old[j] == _FREE
            and self.old[i].digest == self.new[j].digest
        ):
            self._pair(i, j)
            i, j = i + step, j + step

    def _repeated(self) -> set[str]:
        """The texts that are unpaired on both sides."""
        olds, news = self.free()
        return {self.old[i].digest for i in olds} & {self.new[j].digest for j in news}

    def _unchanged_elsewhere(self) -> None:
        """What is left of repeated passages: the n-th with the n-th, so that a pure reorder is only moves."""
        olds, news = self.free()
        places: dict[str, list[int]] = {}
        for i in reversed(olds):
            places.setdefault(self.old[i].digest, []).append(i)
        for j in news:
            if rest := places.get(self.new[j].digest):
                self._pair(rest.pop(), j)
        self._waiting = set()

    # The same name

    def _named(self) -> None:
        olds, news = self.free()
        left = [i for i in olds if self.old[i].name and self.old[i].kind in NAMED]
        right = [j for j in news if self.new[j].name and self.new[j].kind in NAMED]
        old_names = [(self.old[i].name, family(self.old[i])) for i in left]
        new_names = [(self.new[j].name, family(self.new[j])) for j in right]
        for a, b in unique_pairs(old_names, new_names):
            self._pair(left[a], right[b])

    # A like text

    def _in_gaps(self, least: Callable[[int], float], *, exact: bool) -> None:
        if exact:
            self._waiting = self._repeated()
        for olds, news in self._gaps():
            for left, right in self._divided(olds, news) if exact else [(olds, news)]:
                if left and right and len(left) * len(right) <= SMALL_GAP:
                    self._weigh_all(left, right, least)

    def _divided(self, olds: list[int], news: list[int]) -> Iterator[tuple[list[int], list[int]]]:
        """A long gap, divided at the repeated passages that stay in order in it; a small one is weighed whole."""
        if len(olds) * len(news) <= SMALL_GAP:
            yield olds, news
            return
        a = b = 0
        for x, y in align([self.old[i].digest for i in olds], [self.new[j].digest for j in news]):
            self._pair(olds[x], news[y])
            yield olds[a:x], news[b:y]
            a, b = x + 1, y + 1
        yield olds[a:], news[b:]

    def _weigh_all(self, olds: list[int], news: list[int], least: Callable[[int], float]) -> None:
        """The best total likeness that keeps the order (Needleman and Wunsch); equal text counts double."""
        if len(olds) == len(news) == 1:
            if self._weight(olds[0], news[0], least):
                self._pair(olds[0], news[0])
            return
        weights = [[self._weight(i, j, least) for j in news] for i in olds]
        best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
        for a in range(len(olds) - 1, -1, -1):
            for b in range(len(news) - 1, -1, -1):
                weight = weights[a][b]
                together = weight + best[a + 1][b + 1] if weight else 0.0
                best[a][b] = max(best[a + 1][b], best[a][b + 1], together)
        a = b = 0
        while a < len(olds) and b < len(news):
            if weights[a][b] and best[a][b] == weights[a][b] + best[a + 1][b + 1]:
                self._pair(olds[a], news[b])
                a, b = a + 1, b + 1
            elif best[a][b] == best[a + 1][b]:
                a += 1
            else:
                b += 1

    def _weight(self, i: int, j: int, least: Callable[[int], float]) -> float:
        if self.old[i].digest == self.new[j].digest:
            return 2.0
        if self.old[i].digest in self._waiting or self.new[j].digest in self._waiting:
            return 0.0
        weight = self.likeness.alike(i, j)
        return weight if weight >= least(self.likeness.size(i, j)) else 0.0

    def _edited_elsewhere(self) -> None:
        """Passages that moved and were edited too, or stand in a gap too long to weigh whole. The most alike first."""
        olds, news = self.free()
        if not olds or not news:
            return
        self._candidates = self.likeness.candidates(olds, news)
        found = [
            (-score, abs(i - j), i, j)
            for score, i, j in self._candidates
            if score >= alike_anywhere(self.likeness.size(i, j))
        ]
        for _, _, i, j in sorted(found):
            if self._to_new[i] == _FREE and self._to_old[j] == _FREE:
                self._pair(i, j)

    def _rewritten(self) -> None:
        for olds, news in self._gaps():
            if len(olds) == len(news) <= MOST_REWRITTEN and all(
                family(self.old[i]) == family(self.new[j]) for i, j in zip(olds, news, strict=True)
            ):
                for i, j in zip(olds, news, strict=True):
                    self._pair(i, j)

    # One that became several, several that became one

    def _split_and_merged(self) -> None:
        for i in self._beside_free():
            j = self._to_new[i]
            if self.old[i].digest != self.new[j].digest and not self._grow(0, i, j):
                self._grow(1, j, i)
        # A whole that is like none of its parts, wherever they now stand.
        parts_of: tuple[dict[int, list[int]], ...] = ({}, {})
        for _, i, j in self._candidates:
            if self._to_new[i] != _FREE or self._to_old[j] != _FREE:
                continue
            parts_of[0].setdefault(i, []).append(j)
            parts_of[1].setdefault(j, []).append(i)
        for side in (0, 1):
            for whole, others in parts_of[side].items():
                self._whole(side, whole, sorted(others))

    def _beside_free(self) -> list[int]:
        """The old positions of the pairs that have an unpaired neighbour in either text."""
        olds, news = self.free()
        old_neighbours = {i for at in olds for i in (at - 1, at + 1) if 0 <= i < len(self.old)}
        new_neighbours = {j for at in news for j in (at - 1, at + 1) if 0 <= j < len(self.new)}
        beside = old_neighbours | {self._to_old[j] for j in new_neighbours}
        return sorted(i for i in beside if i >= 0 and self._to_new[i] >= 0)

    def _texts(self, side: int) -> Sequence[Block]:
        return self.new if side else self.old

    def _grow(self, side: int, whole: int, part: int) -> bool:
        """Take in the unpaired neighbours of `part` that are the rest of `whole`, which stands on `side`."""
        taken = self._to_old if side == 0 else self._to_new
        if _FREE not in taken[max(part - 1, 0) : part + 2] or family(self._texts(side)[whole]) != "prose":
            return False
        rest = self.likeness.phrases(side, whole) - self.likeness.phrases(1 - side, part)
        parts = [part]
        for step in (1, -1):
            at = part + step
            while 0 <= at < len(taken) and taken[at] == _FREE and self._is_part(1 - side, at, rest):
                parts.append(at)
                rest -= self.likeness.phrases(1 - side, at)
                at += step
        if len(parts) == 1:
            return False
        self._join(side, whole, part, parts)
        return True

    def _whole(self, side: int, whole: int, others: list[int]) -> None:
        """Find the run of unpaired neighbours that `whole`, itself unpaired, was split into or merged from."""
        free = self._to_new if side == 0 else self._to_old
        taken = self._to_old if side == 0 else self._to_new
        if free[whole] != _FREE or family(self._texts(side)[whole]) != "prose":
            return
        phrases = self.likeness.phrases(side, whole)
        run: list[int] = []
        for at in [*others, -1]:
            is_part = at >= 0 and taken[at] == _FREE and self._is_part(1 - side, at, phrases)
            if is_part and (not run or at == run[-1] + 1):
                run.append(at)
                continue
            if len(run) > 1:
                break
            run = [at] if is_part else []
        if len(run) < 2:
            return
        shared = [len(self.likeness.phrases(1 - side, at) & phrases) for at in run]
        if sum(shared) >= PART * len(phrases):
            part = run[shared.index(max(shared))]
            self._pair(*((whole, part) if side == 0 else (part, whole)))
            self._join(side, whole, part, run)

    def _is_part(self, side: int, at: int, of: frozenset[int]) -> bool:
        if family(self._texts(side)[at]) != "prose":
            return False
        phrases = self.likeness.phrases(side, at)
        self.likeness.weighed += 1
        return bool(phrases) and len(phrases & of) >= PART * len(phrases)

    def _join(self, side: int, whole: int, part: int, parts: list[int]) -> None:
        if side == 0:
            self._splits[whole] = parts
            for at in parts:
                self._to_old[at] = whole
        else:
            self._merges[whole] = parts
            for at in parts:
                if at != part:
                    self._to_new[at] = _JOINED
