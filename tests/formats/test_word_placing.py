from __future__ import annotations

import pytest
from benchmarks.returned import elsewhere, misplaced, send
from tests.formats.word_files import body, p, put_in, row, run, taken_out

from penholder.formats.word.placing import Placed, nearness, place
from penholder.formats.word.reading import read
from penholder.text.markdown import blocks


def placed(draft: str, *paragraphs: str, sent: str = ""):
    return place(read(body(*paragraphs), name="back.docx"), sent or draft, draft)


def only(draft: str, *paragraphs: str, sent: str = "") -> Placed:
    found = placed(draft, *paragraphs, sent=sent)
    assert found.unplaced == ()
    (change,) = found.changes
    return change


def reasons(draft: str, *paragraphs: str, sent: str = "") -> list[str]:
    found = placed(draft, *paragraphs, sent=sent)
    assert found.changes == ()
    return [one.reason for one in found.unplaced]


LEADERS = "Every board has a leader.\n"


def test_a_change_becomes_one_of_the_passage():
    change = only(LEADERS, p(run("Every board "), taken_out("has"), put_in("needs"), run(" a leader.")))
    assert (change.start, change.end, change.text) == (12, 15, "needs")
    assert change.becomes == "Every board needs a leader."


@pytest.mark.parametrize(
    ("draft", "becomes"),
    [
        ("- Every board **has** a leader.\n", "- Every board **needs** a leader."),
        ("## Every board *has* a leader. {#leader}\n", "## Every board *needs* a leader. {#leader}"),
        ("> Every [board](https://example.org/has) has a leader.\n", None),
        ("Every board\nhas a\nleader.[^1]\n\n[^1]: Yes.\n", "Every board\nneeds a\nleader.[^1]"),
        ("| A |\n|---|\n| Every board has a leader. |\n", "| A |\n|---|\n| Every board needs a leader. |"),
        ("[^1]: Every board has a leader.\n", "[^1]: Every board needs a leader."),
    ],
)
def test_the_marks_of_the_passage_stay(draft, becomes):
    change = only(draft, p(run("Every board "), taken_out("has"), put_in("needs"), run(" a leader.")))
    assert change.becomes == becomes or "https://example.org/has) needs a" in change.becomes


def test_marks_around_words_that_go_go_with_them():
    change = only("Every *old* board.\n", p(run("Every "), taken_out("old "), run("board.")))
    assert blocks(change.becomes)[0].plain == "Every board."
    assert "*" not in change.becomes


def test_a_footnote_goes_only_when_its_mark_was_taken_out():
    draft = "Every board[^1] has a leader.\n\n[^1]: So it is.\n"
    assert reasons(draft, p(run("Every "), taken_out("board has "), run("a leader."))) == ["note"]


def test_a_paragraph_that_went_takes_its_passage_along():
    change = only(f"One.\n\n{LEADERS}", p(run("One.")), p(taken_out("Every board has a leader."), mark="del"))
    assert (change.passage, change.start, change.end, change.becomes) == (1, 0, 25, "")


def test_a_new_paragraph_follows_its_neighbour_even_when_that_was_edited_since():
    draft = "Every board now has a leader.\n"
    change = only(draft, p(run("Every board has a leader."), mark="ins"), p(put_in("New.")), sent=LEADERS)
    assert change.after
    assert change.becomes == "Every board now has a leader.\n\nNew."


def test_a_new_paragraph_in_front_stands_in_front_of_the_whole_passage():
    change = only("## Boards\n", p(put_in("New."), mark="ins"), p(run("Boards")))
    assert change.before
    assert change.becomes == "New.\n\n## Boards"


def test_words_are_followed_into_another_place():
    sent = f"{LEADERS}\nDepartments report each quarter.\n"
    draft = "Departments report every single quarter.\n\nSomething new stands here.\n\nEvery board has a leader.\n"
    paragraphs = (
        p(run("Every board has a "), put_in("good "), run("leader.")),
        p(run("Departments report each quarter.")),
    )
    assert only(draft, *paragraphs, sent=sent).passage == 2


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        ("Every board keeps one leader.\n", "changed"),
        ("Something else altogether is said now.\n", "removed"),
    ],
)
def test_words_that_have_changed_since_stand_in_the_text_as_sent_and_are_left_to_a_person(draft, reason):
    draft += "\nOther.\n"
    back = p(run("Every board "), taken_out("has"), put_in("needs"), run(" a leader.")), p(run("Other."))
    found = placed(draft, *back, sent=f"{LEADERS}\nOther.\n")
    assert (found.changes, found.unplaced) == ((), ())
    (late,) = found.late
    assert late.reason in {reason, "rewritten"}
    assert (late.placed.passage, late.placed.becomes) == (0, "Every board needs a leader.")


def test_words_that_stand_twice_are_placed_by_their_neighbours_or_not_at_all():
    sent = "One.\n\nYes.\n\nTwo.\n\nYes.\n\nThree.\n"
    back = [p(run(word)) for word in ("One.", "Yes.", "Two.")]
    back += [p(run("Yes"), put_in(" indeed"), run(".")), p(run("Three."))]
    assert only(sent, *back).passage == 3
    shuffled = placed("Yes.\n\nFour.\n\nYes.\n", *back, sent=sent)
    assert shuffled.changes == ()
    assert [one.reason for one in [*shuffled.unplaced, *shuffled.late]] in (["unsure"], ["removed"])


def test_a_change_that_the_draft_has_already_is_said_to_be_here():
    draft = "Every board needs a leader.\n"
    change = only(draft, p(run("Every board "), taken_out("has"), put_in("needs"), run(" a leader.")), sent=LEADERS)
    assert change.here


def test_what_would_break_a_table_is_left_to_a_person():
    table = "| A |\n|---|\n| b |\n"
    found = placed(
        table,
        f"<w:tbl><w:tr><w:tc>{p(run('A'))}</w:tc></w:tr><w:tr><w:tc>{p(run('b'), put_in(' c'))}</w:tc></w:tr></w:tbl>",
    )
    assert [one.becomes for one in found.changes] == ["| A |\n|---|\n| b c |"]


def test_two_passages_that_became_one_are_one_change_with_what_its_author_changed_in_them():
    draft = "- Every *board* has a leader.\n- They answer for it.\n\nOther.\n"
    back = (
        p(run("Every board has a leader"), taken_out("."), mark="del"),
        p(taken_out("They answer"), put_in("and answers"), run(" for it")),
        p(run("Other.")),
    )
    change = only(draft, *back[:1], p(taken_out("They answer"), put_in("and answers"), run(" for it.")), back[2])
    assert change.joins
    assert change.becomes == "- Every *board* has a leader and answers for it."
    assert len(change.along) == 2


@pytest.mark.parametrize(
    "draft", ["One.\n\nBetween.\n\nTwo.\n", "One.\n\n- Two.\n", "One.\n\n## Two.\n", "Two.\n\nOne.\n"]
)
def test_passages_that_do_not_stand_side_by_side_as_one_kind_are_not_joined(draft):
    assert reasons(draft, p(run("One."), mark="del"), p(run("Two.")), sent="One.\n\nTwo.\n") == ["join"]


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


TABLE = "| Who | When |\n|---|---|\n| Ada | May |\n| Ben | June |\n"


def test_rows_of_a_table_are_put_in_and_taken_out_in_its_markdown():
    head, ada = row(run("Who"), run("When")), row(run("Ada"), run("May"))
    new = row(put_in("Cy"), put_in("July"), mark="ins")
    gone = row(taken_out("Ben"), taken_out("June"), mark="del")
    found = placed(TABLE, table(head, new, ada, gone))
    assert [one.becomes for one in found.changes] == [
        "| Who | When |\n|---|---|\n| Cy | July |\n| Ada | May |\n| Ben | June |",
        "| Who | When |\n|---|---|\n| Ada | May |",
    ]
    every = [row(taken_out(a), taken_out(b), mark="del") for a, b in (("Who", "When"), ("Ada", "May"), ("Ben", "June"))]
    assert only(f"One.\n\n{TABLE}", p(run("One.")), table(*every)).becomes == ""


@pytest.mark.parametrize(
    "rows",
    [
        row(run("Who"), run("When")) + row(put_in("Cy"), mark="ins"),
        row(taken_out("Who"), taken_out("When"), mark="del") + row(run("Ada"), run("May")),
    ],
)
def test_a_row_that_does_not_fit_and_a_head_that_went_are_left_to_a_person(rows):
    assert reasons(TABLE, table(rows)) == ["table"]


def test_the_text_that_a_document_was_made_from_is_the_nearest():
    back = read(body(p(run("Every board has a leader.")), p(run("Second."))), name="back.docx")
    assert nearness(back, f"{LEADERS}\nSecond.\n") == 1
    assert 0 < nearness(back, LEADERS) < 1
    assert nearness(back, "Other.\n") == 0


@pytest.mark.parametrize("seed", [0, 2, 16])
def test_of_200_changes_and_50_other_edits_none_is_misplaced_and_nothing_is_dropped(seed):
    sent = send(seed=seed)
    back = read(sent.data, name="back.docx")
    found = place(back, sent.sent, sent.draft)
    assert len(back.changes) == len(sent.meant) == 200
    assert misplaced(sent, list(found.changes)) == []
    assert elsewhere(sent, list(found.late)) == []
    assert (len(found.changes) + len(found.late), found.unplaced) == (200, ())
    assert {one.reason for one in found.late} <= {"removed", "changed", "rewritten"}
    assert len(found.changes) >= 180
