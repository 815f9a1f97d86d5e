"""Two people changed one text. The hard cases of the field by name, then laws over invented texts."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.text.texts import LEADERS, REDESIGN, SKILLS

from penholder.errors import Refused
from penholder.text.canonical import canonical
from penholder.text.merge import Clash, merge, merge_words

MONEY = "The Treasury will report every spring what was spent on each of these services, and what was saved."
BASE = f"# Leadership\n\n{SKILLS}\n\n{LEADERS}\n\n{REDESIGN}\n\n{MONEY}\n"


def text(*passages: str) -> str:
    return "\n\n".join(["# Leadership", *passages]) + "\n"


# ── Hard cases ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("old", ["We publish figures weekly.", "We publish figures every week."])
def test_two_replacements_of_one_phrase_are_a_conflict_and_never_run_together(old):
    mine, theirs = "We publish figures each week.", "We publish figures every month."
    found = merge(old, mine, theirs)
    assert found.clashes == (Clash(old, mine, theirs),)
    assert found.decided(["mine"]) == mine + "\n"
    assert found.decided(["theirs"]) == theirs + "\n"
    with pytest.raises(Refused, match="Decide each of them"):
        _ = found.text


def test_different_words_of_one_sentence_go_together():
    mine, theirs = SKILLS.replace("digital", "technical"), SKILLS.replace("every year", "every quarter")
    assert merge(text(SKILLS), text(mine), text(theirs)).text == text(
        SKILLS.replace("digital", "technical").replace("every year", "every quarter")
    )


def test_a_paragraph_deleted_while_another_edits_inside_it_is_a_conflict():
    edited = LEADERS.replace("board", "management board")
    found = merge(BASE, text(SKILLS, REDESIGN, MONEY), text(SKILLS, edited, REDESIGN, MONEY))
    assert found.clashes == (Clash(LEADERS, "", edited),)
    assert found.decided(["mine"]) == text(SKILLS, REDESIGN, MONEY)
    assert found.decided(["theirs"]) == text(SKILLS, edited, REDESIGN, MONEY)


def test_a_move_by_one_and_an_edit_by_the_other_are_both_kept():
    edited = SKILLS.replace("Departments", "All departments")
    moved, changed = text(LEADERS, REDESIGN, MONEY, SKILLS), text(edited, LEADERS, REDESIGN, MONEY)
    expected = text(LEADERS, REDESIGN, MONEY, edited)
    assert merge(BASE, moved, changed).text == expected
    assert merge(BASE, changed, moved).text == expected


def test_a_passage_removed_by_one_and_moved_by_the_other_is_for_a_person():
    found = merge(BASE, text(LEADERS, REDESIGN, MONEY), text(LEADERS, REDESIGN, MONEY, SKILLS))
    assert found.clashes == (Clash(SKILLS, "", SKILLS),)


def test_the_same_change_by_both_is_made_once():
    new = "A new promise, which both of them wrote, word for word."
    both = text(SKILLS.replace("every year", "each spring"), new, LEADERS, REDESIGN, MONEY)
    mine = both.replace("on the board", "on the main board")
    theirs = both.replace("saved", "saved by it")
    expected = mine.replace("saved", "saved by it")
    assert merge(BASE, mine, theirs).text == expected


def test_two_new_passages_in_one_spot_both_stand_theirs_first():
    mine, theirs = "My own new passage about tax.", "What others wrote on health care."
    found = merge(text(SKILLS, LEADERS), text(SKILLS, mine, LEADERS), text(SKILLS, theirs, LEADERS))
    assert found.text == text(SKILLS, theirs, mine, LEADERS)


def test_two_nearly_equal_new_passages_in_one_spot_are_not_doubled():
    mine = "A new promise about boards that both of them wrote in the same meeting."
    theirs = mine.replace("meeting", "morning")
    found = merge(text(SKILLS, LEADERS), text(SKILLS, mine, LEADERS), text(SKILLS, theirs, LEADERS))
    assert found.clashes == (Clash("", mine, theirs),)
    assert found.decided(["both"]) == text(SKILLS, theirs, mine, LEADERS)
    assert found.decided(["=In my own words."]) == text(SKILLS, "In my own words.", LEADERS)


def test_a_passage_that_one_splits_and_the_other_edits_is_split_and_edited():
    base = f"{SKILLS} {LEADERS}"
    found = merge(text(base), text(SKILLS, LEADERS), text(base.replace("civil service", "whole civil service")))
    assert found.text == text(SKILLS.replace("civil service", "whole civil service"), LEADERS)


def test_passages_that_one_joins_and_the_other_edits_are_joined_and_edited():
    edited = LEADERS.replace("sits", "always sits")
    found = merge(text(SKILLS, LEADERS), text(f"{SKILLS} {LEADERS}"), text(SKILLS, edited))
    assert found.text == text(f"{SKILLS} {edited}")


def test_both_move_one_passage_apart_and_it_stands_once_and_is_named():
    mine, theirs = text(LEADERS, REDESIGN, SKILLS, MONEY), text(LEADERS, REDESIGN, MONEY, SKILLS)
    found = merge(BASE, mine, theirs)
    assert found.text == theirs
    assert found.moved == (SKILLS,)


def test_what_was_added_inside_a_stretch_that_the_other_moved_goes_with_it():
    base = text(SKILLS, LEADERS, REDESIGN, MONEY, "Last of all stands this.", "And after it, this one.")
    added = "This belongs between the two, and nowhere else."
    mine = base.replace(LEADERS, f"{LEADERS}\n\n{added}")
    theirs = text(SKILLS, MONEY, "Last of all stands this.", "And after it, this one.", LEADERS, REDESIGN)
    found = merge(base, mine, theirs).text
    assert f"{LEADERS}\n\n{added}\n\n{REDESIGN}" in found


def test_items_of_a_tight_list_stay_a_tight_list():
    found = merge("- one\n- two\n", "- one\n- two\n- three\n", "- nought\n- one\n- two\n")
    assert found.text == "- nought\n- one\n- two\n- three\n"


def test_changes_that_do_not_clash_are_in_both_sides_of_a_clash():
    mine = SKILLS.replace("Departments", "Agencies").replace("every year", "each spring")
    theirs = SKILLS.replace("digital capability", "technical capability").replace("every year", "monthly")
    clash = merge_words(SKILLS, mine, theirs)
    assert isinstance(clash, Clash)
    assert clash.mine == mine.replace("digital", "technical")
    assert clash.theirs == theirs.replace("Departments", "Agencies")


def test_a_word_of_another_alphabet_and_a_pound_sign_are_cut_nowhere():
    base = "Rhaid i’r tŷ dalu £1.8bn — ŵyr 👩‍👩‍👧 pawb hynny erbyn hyn."
    found = merge(base, base.replace("£1.8bn", "£2bn"), base.replace("erbyn hyn", "bellach"))
    assert found.text == base.replace("£1.8bn", "£2bn").replace("erbyn hyn", "bellach") + "\n"


def test_a_choice_that_is_none_is_refused():
    found = merge("We publish weekly.", "We publish daily.", "We publish yearly.")
    with pytest.raises(Refused, match="is no choice"):
        found.decided(["perhaps"])


# ── Laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(
    ["plan", "board", "the", "of", "digital", "service", "£1.8bn", "don’t", "tŷ", "—", "x", "every"]
)
SENTENCE = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
SOURCE = st.one_of(SENTENCE, SENTENCE.map("# ".__add__), SENTENCE.map("- ".__add__), st.text(max_size=12))
TEXT = st.lists(SOURCE, max_size=6).map("\n\n".join).map(canonical)


@given(TEXT, TEXT)
@settings(max_examples=100, deadline=None)
def test_who_changed_nothing_takes_what_the_other_wrote(base, other):
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other


@given(TEXT, TEXT, TEXT)
@settings(max_examples=100, deadline=None)
def test_a_conflict_is_one_whichever_side_asks(base, mine, theirs):
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert Counter(one.clashes) == Counter(Clash(c.base, c.theirs, c.mine) for c in other.clashes)


@given(TEXT, TEXT, TEXT)
@settings(max_examples=100, deadline=None)
def test_what_is_decided_wholly_for_a_side_is_text_and_the_same_each_time(base, mine, theirs):
    found = merge(base, mine, theirs)
    for choice in ("mine", "theirs", "both"):
        decided = found.decided([choice] * len(found.clashes))
        assert decided == canonical(decided)
    assert found == merge(base, mine, theirs)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[mt]\d+", text))


@st.composite
def edited(draw, base: list[list[str]], mark: str) -> str:
    """The base with words of this side's own put in, passages removed, moved, split and joined."""
    passages = [list(passage) for passage in base]
    for number in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(passages)))
        own = f"{mark}{number}"
        act = draw(st.sampled_from(["insert", "word", "replace", "remove", "move", "split", "join"]))
        if act == "insert" or at == len(passages):
            passages.insert(at, [own, "is", "new", "here"])
        elif act in ("word", "replace"):
            place = draw(st.integers(0, len(passages[at]) - 1))
            passages[at][place : place + (act == "replace")] = [own]
        elif act == "remove":
            passages.pop(at)
        elif act == "move":
            passages.insert(draw(st.integers(0, len(passages) - 1)), passages.pop(at))
        elif act == "split" and len(passages[at]) > 1:
            cut = draw(st.integers(1, len(passages[at]) - 1))
            passages[at : at + 1] = [passages[at][:cut], passages[at][cut:]]
        elif act == "join" and at + 1 < len(passages):
            passages[at : at + 2] = [passages[at] + passages[at + 1]]
    return canonical("\n\n".join(" ".join(passage) for passage in passages))


LONG = st.lists(st.lists(WORDS, min_size=3, max_size=14), min_size=1, max_size=6)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_word_that_either_side_wrote_is_lost_or_doubled(data):
    passages = data.draw(LONG)
    base = canonical("\n\n".join(map(" ".join, passages)))
    mine, theirs = data.draw(edited(passages, "m")), data.draw(edited(passages, "t"))
    found = merge(base, mine, theirs)
    settled = Counter(re.findall(r"[mt]\d+", "\n".join(p.text for p in found.pieces if not isinstance(p, Clash))))
    clashing = [set(re.findall(r"[mt]\d+", c.mine)) | set(re.findall(r"[mt]\d+", c.theirs)) for c in found.clashes]
    everywhere = set(settled).union(*clashing) if clashing else set(settled)
    assert words_of(mine) | words_of(theirs) == everywhere
    assert all(count == 1 for count in settled.values())


@given(TEXT, TEXT)
@settings(max_examples=80, deadline=None)
def test_changes_in_passages_far_apart_never_disturb_each_other(base, other):
    tail = "## A heading that nobody else has\n\nQuartz judges vow nymph fjord lucky bag with hex blitz, pack my jug."
    changed = tail.replace("lucky", "unlucky")
    found = merge(base + "\n" + tail, other + "\n" + tail, base + "\n" + changed)
    assert found.clean
    assert found.text == canonical(other + "\n" + changed)
