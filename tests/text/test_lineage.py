from __future__ import annotations

import random
import re

import pytest
from tests.text.texts import ALL, LEADERS, REDESIGN, SKILLS, text

from penholder.errors import Refused
from penholder.text.compare import compare
from penholder.text.lineage import Event, buried, minter, trace

FIRST = minter("strategy", 1)


class Document:
    """A document from iteration to iteration, as the drafting room keeps it."""

    def __init__(self, *sources: str) -> None:
        self.blocks, self.ids, self.graveyard, self.number = [], (), {}, 0
        self.ever: set[str] = set()
        self.seal(*sources)

    def seal(self, *sources: str):
        new = text(sources)
        self.number += 1
        lineage = trace(
            compare(self.blocks, new),
            self.ids,
            new,
            mint=minter("strategy", self.number),
            graveyard=self.graveyard,
            taken=self.ever,
        )
        self._hold_to_the_laws(lineage)
        self.graveyard = buried(self.graveyard, lineage, self.blocks, self.ids)
        self.blocks, self.ids = new, lineage.ids
        self.ever.update(lineage.ids)
        return [(event.kind, event.passage, event.other) for event in lineage.events]

    def _hold_to_the_laws(self, lineage) -> None:
        ended = [event.passage for event in lineage.events if event.kind in {"removed", "merged-into"}]
        begun = [event.passage for event in lineage.events if event.kind in {"inserted", "split-from", "restored"}]
        assert all(re.fullmatch("p-[a-z2-7]{8}", name) for name in lineage.ids)
        assert len(set(lineage.ids)) == len(lineage.ids), "a name is doubled"
        assert sorted([*self.ids, *begun]) == sorted([*lineage.ids, *ended]), "a name is lost"
        assert {event.other for event in lineage.events if event.kind == "merged-into"} <= set(lineage.ids)
        assert {event.other for event in lineage.events if event.kind == "split-from"} <= set(self.ids)
        fresh = {event.passage for event in lineage.events if event.kind in {"inserted", "split-from"}}
        assert not fresh & self.ever, "a name is given twice"
        assert [Event.from_data(event.to_data()) for event in lineage.events] == list(lineage.events)


def test_the_first_iteration_names_every_passage_and_always_the_same():
    assert Document(*ALL).ids == Document(*ALL).ids
    assert Document(*ALL).ids == tuple(map(FIRST, range(3)))


def test_what_is_kept_keeps_its_name_without_a_word():
    document = Document(*ALL)
    before = document.ids
    assert document.seal(*ALL) == []
    assert document.ids == before


def test_an_edit_a_move_and_a_rewrite_keep_the_name():
    document = Document(*ALL, "The last word of all.")
    a, b, c, d = document.ids
    said = document.seal(
        REDESIGN,
        SKILLS.replace("every", "each"),
        "Nothing is as it was before, in no way at all.",
        "The last word of all.",
    )
    assert document.ids == (c, a, b, d)
    assert said == [("moved", c, ""), ("edited", a, ""), ("rewritten", b, "")]


def test_of_a_split_the_larger_part_keeps_the_name_and_the_other_says_where_it_is_from():
    document = Document(SKILLS + " " + LEADERS + " " + REDESIGN)
    (whole,) = document.ids
    said = document.seal(SKILLS, LEADERS + " " + REDESIGN)
    assert document.ids[1] == whole
    assert ("split-from", document.ids[0], whole) in said


def test_of_equal_parts_the_first_keeps_the_name():
    half = "one two three four five six seven"
    document = Document(half + " " + half[::-1])
    before = document.ids
    document.seal(half, half[::-1])
    assert document.ids[0] == before[0]


def test_of_a_merge_the_largest_keeps_its_name_and_the_other_says_where_it_went():
    document = Document("Short is this one part.", LEADERS)
    short, long = document.ids
    said = document.seal("Short is this one part. " + LEADERS)
    assert document.ids == (long,)
    assert ("merged-into", short, long) in said


def test_a_merge_undone_gives_both_names_back():
    document = Document(SKILLS, LEADERS + " And more of it.")
    before = document.ids
    document.seal(SKILLS + " " + LEADERS + " And more of it.")
    document.seal(SKILLS, LEADERS + " And more of it.")
    assert document.ids == before


def test_a_split_undone_gives_the_name_back():
    document = Document(SKILLS + " " + LEADERS)
    before = document.ids
    document.seal(SKILLS, LEADERS)
    document.seal(SKILLS + " " + LEADERS)
    assert document.ids == before


def test_what_is_removed_and_comes_back_word_for_word_has_its_old_name():
    document = Document(*ALL)
    before = document.ids
    assert document.seal(SKILLS, REDESIGN) == [("removed", before[1], "")]
    assert document.seal(*ALL) == [("restored", before[1], "")]
    assert document.ids == before


def test_an_edit_and_its_exact_revert_change_no_name():
    document = Document(*ALL)
    before = document.ids
    document.seal(SKILLS, LEADERS.replace("board", "council"), REDESIGN)
    document.seal(*ALL)
    assert document.ids == before


def test_of_two_that_come_back_with_one_text_only_one_has_the_old_name():
    document = Document(*ALL)
    gone = document.ids[1]
    document.seal(SKILLS, REDESIGN)
    document.seal(LEADERS, SKILLS, REDESIGN, LEADERS)
    assert document.ids.count(gone) == 1


def test_a_name_that_is_taken_is_not_minted():
    new = text(ALL)
    lineage = trace(compare([], new), (), new, mint=FIRST, taken={FIRST(0), FIRST(3)})
    assert lineage.ids == (FIRST(6), FIRST(1), FIRST(2))


def test_names_that_do_not_fit_the_comparison_are_refused():
    new = text(ALL)
    with pytest.raises(Refused, match="there are 1 names"):
        trace(compare([], new), ("p-aaaaaaaa",), new, mint=FIRST)
    with pytest.raises(Refused, match="same name"):
        trace(compare(new[:2], new), ("p-aaaaaaaa",) * 2, new, mint=FIRST)
    with pytest.raises(Refused, match="not an event"):
        Event.from_data({"kind": "eaten", "passage": "p-aaaaaaaa"})


@pytest.mark.parametrize("seed", range(12))
def test_over_a_chain_of_random_edits_no_name_is_lost_or_doubled(seed):  # noqa: C901 - one branch per act
    chance = random.Random(seed)
    vocabulary = [f"w{n}" for n in range(60)]

    def passage():
        return " ".join(chance.choices(vocabulary, k=chance.randrange(1, 25)))

    document = Document(*(passage() for _ in range(20)))
    past = []
    for _ in range(20):
        past.append([block.source for block in document.blocks])
        sources = past[-1][:] if chance.random() < 0.8 else chance.choice(past)[:]
        for _ in range(chance.randrange(6)):
            at = chance.randrange(len(sources) + 1)
            act = chance.choice(["insert", "remove", "edit", "move", "split", "merge", "copy"])
            if act == "insert" or at == len(sources):
                sources.insert(at, passage())
            elif act == "copy":
                sources.insert(chance.randrange(len(sources)), sources[at])
            elif act == "move":
                sources.insert(chance.randrange(len(sources)), sources.pop(at))
            elif act == "remove":
                del sources[at]
            elif act == "edit":
                sources[at] = sources[at].replace(" ", " new ", 1)
            elif act == "split":
                words = sources[at].split(" ")
                cut = len(words) // 2
                sources[at : at + 1] = [" ".join(words[:cut]), " ".join(words[cut:])] if cut else [sources[at]]
            elif at + 1 < len(sources):
                sources[at : at + 2] = [sources[at] + " " + sources[at + 1]]
        document.seal(*sources)
