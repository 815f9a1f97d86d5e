"""Laws that hold for every two texts, on texts that hypothesis and a seeded generator make up."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.text.texts import block, compared, plant

from penholder.text import align
from penholder.text.compare import apply, compare, singles
from penholder.text.pairing import Pairing
from penholder.text.words import runs

WORDS = st.sampled_from(["plan", "board", "the", "of", "digital", "service", "£1.8bn", "don’t", "é", "—", "x"])
SENTENCE = st.lists(WORDS, max_size=12).map(" ".join)
SOURCE = st.one_of(SENTENCE, SENTENCE.map("# ".__add__), st.text(max_size=12), st.just("Awaiting confirmation."))
TEXT = st.lists(SOURCE, max_size=9)


@given(TEXT, TEXT)
@settings(max_examples=150, deadline=None)
def test_applying_a_comparison_to_the_old_text_gives_the_new_one(old, new):
    compared(old, new)


@given(TEXT, TEXT)
@settings(max_examples=100, deadline=None)
def test_single_changes_asked_for_alone_are_those_of_the_whole_comparison(old, new):
    olds, news = [block(one) for one in old], [block(one) for one in new]
    asked = {(change.old, change.new): change.words for change in singles(olds, news, where=lambda i, j: i != j)}
    whole = (one for one in compare(olds, news).changes if len(one.old) == len(one.new) == 1 and one.old != one.new)
    assert asked == {(one.old, one.new): one.words for one in whole}


@given(TEXT)
@settings(max_examples=50, deadline=None)
def test_a_text_compared_with_itself_is_all_kept(old):
    assert compared(old, old).same


@given(TEXT, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_a_pure_reorder_is_only_moves(old, chance):
    new = old[:]
    chance.shuffle(new)
    assert {change.kind for change in compared(old, new).changes} <= {"kept", "moved"}


@given(st.text(alphabet="ab .,\n", max_size=40), st.text(alphabet="ab .,\n", max_size=40))
@settings(max_examples=200, deadline=None)
def test_runs_hold_both_texts_and_never_repeat_a_fate(old, new):
    found = runs(old, new)
    assert "".join(run.text for run in found if run.op != "inserted") == old
    assert "".join(run.text for run in found if run.op != "removed") == new
    assert all(run.text for run in found)
    assert all(a.op != b.op for a, b in pairwise(found))


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12))
@settings(max_examples=200, deadline=None)
def test_short_sequences_are_aligned_as_long_as_can_be(old, new):
    """Against the slow, obvious table of longest common subsequences."""
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, x in enumerate(old):
        for j, y in enumerate(new):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    shortest = align._shortest_edit(old, new)
    assert len(shortest) == table[-1][-1]
    for pairs in (shortest, align.align(old, new)):
        assert all(old[i] == new[j] for i, j in pairs)
        assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


def test_increasing_is_longest():
    chance = random.Random(5)
    for _ in range(200):
        values = [chance.randrange(20) for _ in range(chance.randrange(9))]
        longest = [0]
        for at, value in enumerate(values):
            longest.append(1 + max((longest[k + 1] for k in range(at) if values[k] < value), default=0))
        chain = align.increasing(values)
        assert len(chain) == max(longest)
        assert all(values[a] < values[b] for a, b in pairwise(chain))


def edited(source: str, chance: random.Random) -> str:
    words = source.split(" ")
    for _ in range(max(1, len(words) // 8)):
        words[chance.randrange(len(words))] = f"fresh{chance.randrange(10**9)}"
    return " ".join(words)


@pytest.mark.parametrize("seed", range(60))
def test_edits_in_place_never_make_a_move(seed):
    chance = random.Random(seed)
    vocabulary = [f"word{n}" for n in range(400)]
    base = [" ".join(chance.choices(vocabulary, k=chance.choice([1, 2, 3, 8, 20, 40]))) for _ in range(12)]
    old = [
        chance.choice(base)
        if chance.random() < 0.3
        else "# " * (chance.random() < 0.2) + edited(chance.choice(base), chance)
        for _ in range(20)
    ]
    new = [edited(source, chance) if chance.random() < 0.4 else source for source in old]
    assert not [change for change in compared(old, new).changes if change.moved]


def test_a_seeded_fuzz_run_holds_the_laws():
    chance = random.Random(2012)
    old = ["Begin."]
    for _ in range(150):
        new = []
        for before in old:
            source, fate = before, chance.random()
            if fate < 0.08:
                continue
            if fate < 0.16:
                source = edited(before, chance)
            if fate > 0.93:
                new.insert(chance.randrange(len(new) + 1), source)
                continue
            if fate > 0.88 and len(source) > 30:
                cut = source.index(" ", 12) if " " in source[12:] else len(source)
                new += [source[:cut], source[cut:]]
                continue
            new.append(source)
        new += [
            " ".join(f"w{chance.randrange(300)}" for _ in range(chance.randrange(1, 30)))
            for _ in range(chance.randrange(4))
        ]
        compared(old, new)
        old = new[-40:]


# Nasty texts: how much is weighed is counted, so that a slow machine does not fail them and a quadratic step does.


def weighed(old, new) -> int:
    pairing = Pairing(old, new)
    pairing.find()
    assert apply(compare(old, new), old) == [item.source for item in new]
    return pairing.likeness.weighed


def test_seventy_thousand_passages_alike_are_not_weighed_pair_by_pair():
    same = [block("Awaiting confirmation.")] * 70_000
    ends = [[block(word * 3)] for word in ("Alpha ", "Beta ", "Gamma ", "Delta ")]
    assert weighed([*ends[0], *same, *ends[1]], [*ends[2], *same[:-7], *ends[3]]) < 100


def test_texts_with_nothing_in_common_are_weighed_in_proportion():
    def other(count, start):
        return [block(" ".join(f"w{start + n * 5 + k}" for k in range(5))) for n in range(count)]

    assert weighed(other(5_000, 0), other(5_000, 10**6)) == 0


def test_texts_of_the_same_few_words_are_weighed_in_proportion():
    chance = random.Random(7)
    vocabulary = [f"w{n}" for n in range(60)]

    def some(count):
        return [block(" ".join(chance.choices(vocabulary, k=9))) for _ in range(count)]

    assert weighed(some(800), some(800)) < 20 * 800


def test_a_passage_of_five_megabytes_is_compared():
    chance = random.Random(9)
    words = [f"w{chance.randrange(50)}" for _ in range(1_250_000)]
    old = " ".join(words)
    for at in range(0, len(words), 50_000):
        words[at] = "changed"
    (change,) = compare([block(old)], [block(" ".join(words))]).changes
    assert change.kind == "edited"
    assert sum(run.op == "inserted" for run in change.words) == 25


def test_weighing_grows_with_the_text_not_with_its_square():
    counts = []
    for words in (14_000, 28_000, 56_000):
        share = words // 7_000
        few = dict.fromkeys(("split", "merged", "removed", "inserted", "moved", "moved_and_edited"), share)
        planted = plant(words, edited=4 * share, **few)
        counts.append(weighed(planted.old, planted.new))
    assert counts[2] < 4 * counts[0] * 1.7
