from __future__ import annotations

import json

import pytest
from tests.text.texts import ALL, LEADERS, REDESIGN, SKILLS, block, compared, plant, text

from penholder.errors import Refused
from penholder.text.compare import KINDS, Comparison, apply, compare
from penholder.text.grouping import by_heading


def kinds(comparison):
    return [(change.kind, change.old, change.new) for change in comparison.changes if change.kind != "kept"]


def test_the_same_text_is_all_kept():
    assert compared(ALL, ALL).same
    assert compared(ALL, ALL).summary() == "no change"


@pytest.mark.parametrize(
    ("old", "new", "says"), [([], ALL, "3 inserted"), (ALL, [], "3 removed"), ([], [], "no change")]
)
def test_an_empty_text_is_a_text(old, new, says):
    assert compared(old, new).summary() == says


def test_swapping_two_passages_is_one_move():
    assert compared([SKILLS, LEADERS], [LEADERS, SKILLS]).summary() == "1 moved"


def test_the_smallest_set_is_called_moved():
    comparison = compared([*ALL, "One more."], ["One more.", *ALL])
    assert kinds(comparison) == [("moved", (3,), (0,))]


def test_an_edit_shows_the_words_and_nothing_else():
    (change,) = [
        c for c in compared(ALL, [SKILLS, LEADERS.replace("board", "executive board"), REDESIGN]).changes if c.words
    ]
    assert change.kind == "edited"
    assert [run.text for run in change.words if run.op != "same"] == ["executive "]


def test_a_passage_that_moved_and_was_edited_is_both():
    comparison = compared(ALL, [REDESIGN.replace("common", "single"), SKILLS, LEADERS])
    (change,) = [c for c in comparison.changes if c.kind != "kept"]
    assert (change.kind, change.moved, change.old, change.new) == ("edited", True, (2,), (0,))
    assert comparison.summary() == "1 moved and edited"


def test_one_passage_made_two_is_a_split_and_back_a_merge():
    assert kinds(compared([SKILLS + " " + LEADERS, REDESIGN], ALL)) == [("split", (0,), (0, 1))]
    assert kinds(compared(ALL, [SKILLS + " " + LEADERS, REDESIGN])) == [("merged", (0, 1), (0,))]


def test_a_split_in_three_that_also_moved_is_found():
    comparison = compared([" ".join(ALL), "The end.", "Of it."], ["The end.", "Of it.", *ALL])
    (split,) = [c for c in comparison.changes if c.kind == "split"]
    assert split.new == (2, 3, 4)
    assert split.moved


def test_parts_that_hold_blank_lines_are_put_together_again():
    left, right = SKILLS + "\n\n" + REDESIGN, LEADERS + "\n\n" + "And so on, without an end to it in sight."
    assert compared([left + " " + right], [left, right]).changes[0].kind == "split"


def test_what_is_changed_beyond_recognition_is_a_rewrite_shown_whole():
    other = "Nothing of that is left here now, nor ever will be again."
    (change,) = [c for c in compared(ALL, [SKILLS, other, REDESIGN]).changes if c.kind != "kept"]
    assert change.kind == "rewritten"
    assert [(run.op, run.text) for run in change.words] == [("removed", LEADERS), ("inserted", other)]


def test_a_passage_that_only_grew_is_edited():
    (change,) = compared([LEADERS], [LEADERS + " " + SKILLS + " " + REDESIGN + " And this too."]).changes
    assert change.kind == "edited"


def test_a_heading_never_becomes_a_paragraph():
    assert compared(["# " + SKILLS], [SKILLS]).summary() == "1 removed, 1 inserted"


def test_short_headings_that_share_a_little_word_are_not_taken_for_one_another():
    old = ["# The skills", SKILLS, "# The leaders", LEADERS]
    new = ["# The standard", REDESIGN, *old]
    assert compared(old, new).summary() == "2 inserted"


def test_a_named_heading_keeps_its_identity_through_any_rewording():
    named = {"name": "action-07"}
    old = [block("## Old words {#action-07}", **named), block(SKILLS)]
    new = [block(SKILLS), block("## Something else {#action-07}", **named)]
    (change,) = [c for c in compared(old, new).changes if c.old and old[c.old[0]].name]
    assert change.new == (1,)


def test_repeated_passages_stay_where_they_are():
    old = ["Awaiting confirmation.", SKILLS, "Awaiting confirmation.", LEADERS, "Awaiting confirmation."]
    new = [old[0], SKILLS.replace("every", "each"), *old[2:]]
    assert compared(old, new).summary() == "1 edited"


def test_a_repeated_passage_is_not_edited_into_another_that_is_repeated_too():
    long, short = "plan " * 8 + "service plan", "plan service " + "plan " * 4
    comparison = compared(["", long, "", short, long, short], ["", short, long, "", short, long])
    assert {change.kind for change in comparison.changes} == {"kept", "moved"}


def test_a_section_that_moves_takes_its_repeated_passages_along():
    first = ["## One", "Awaiting confirmation.", SKILLS]
    second = ["## Two", "Awaiting confirmation.", LEADERS, REDESIGN]
    assert compared(first + second, second + first).summary() == "3 moved"


def test_what_is_removed_stands_where_it_stood():
    comparison = compared(["A", SKILLS, "B"], ["A", "New and unlike. It has other words.", "# Heading", "B"])
    assert [c.kind for c in comparison.changes] == ["kept", "removed", "inserted", "inserted", "kept"]


@pytest.mark.parametrize("seed", [37, 38, 39])
def test_every_planted_change_of_14_000_words_is_found_and_none_invented(seed):
    few = dict.fromkeys(("split", "merged", "removed", "inserted"), 2)
    planted = plant(14_000, seed, moved=25, moved_and_edited=12, edited=5, **few)
    comparison = compare(planted.old, planted.new)
    assert apply(comparison, planted.old) == [item.source for item in planted.new]
    found = {}
    for change in comparison.changes:
        if change.kind != "kept":
            found.setdefault((change.kind, change.moved), set()).update(change.old[:1])
    inserted = sum(change.kind == "inserted" for change in comparison.changes)
    found.pop(("inserted", False))
    assert found == {
        ("moved", True): planted.moved,
        ("edited", True): planted.moved_and_edited,
        ("edited", False): planted.edited,
        ("split", False): planted.split,
        ("merged", False): planted.merged,
        ("removed", False): planted.removed,
    }
    assert len(found["moved", True] | found["edited", True]) == 37
    assert inserted == planted.inserted


def test_counts_name_every_kind():
    counts = compared(ALL, [REDESIGN.replace("common", "single"), SKILLS, LEADERS]).counts()
    assert set(counts) == set(KINDS)
    assert (counts["edited"], counts["moved"], counts["kept"]) == (1, 1, 2)


def test_a_comparison_is_not_applied_to_another_text():
    comparison = compared(ALL, [SKILLS, LEADERS.replace("board", "council"), REDESIGN])
    with pytest.raises(Refused, match="of 3 blocks; this one has 2"):
        apply(comparison, text(ALL[:2]))
    with pytest.raises(Refused, match="block 2 differs"):
        apply(comparison, text([SKILLS, "Other.", REDESIGN]))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(version=2),
        lambda d: d["changes"].pop(),
        lambda d: d["changes"][0].update(kind="eaten"),
        lambda d: d["changes"][0].update(words=[["eaten", "x"]]),
        lambda d: d.pop("old_count"),
    ],
)
def test_spoiled_json_is_refused(spoil):
    data = compared(ALL, ALL[:2]).to_data()
    spoil(data)
    with pytest.raises(Refused):
        Comparison.from_json(json.dumps(data))
    with pytest.raises(Refused, match="not JSON"):
        Comparison.from_json("{")


def test_changes_are_grouped_under_their_action():
    old = text(["# Plan", "## Action 1", SKILLS, LEADERS, "## Action 2", REDESIGN, "# Annex", "Small print."])
    new = text(
        ["# Plan", "## Action 1", SKILLS, "## Action 2", REDESIGN + " Soon.", "# Annex", "Small print, changed."]
    )
    comparison = compare(old, new)
    groups = by_heading(comparison, old, new, starts=lambda b: b.plain.startswith("Action"))
    changed = {
        group.new: [comparison.changes[at].kind for at in group.changes if comparison.changes[at].kind != "kept"]
        for group in groups
    }
    assert changed == {None: ["edited"], 1: ["removed"], 3: ["edited"]}


def test_a_removed_action_is_a_group_of_its_own():
    old = text(["## Action 1", SKILLS, "## Action 2", REDESIGN])
    new = text(["## Action 1", SKILLS])
    groups = by_heading(compare(old, new), old, new, starts=lambda b: b.kind == "heading")
    assert [(group.old, group.new, len(group.changes)) for group in groups] == [(0, 0, 2), (2, None, 2)]
