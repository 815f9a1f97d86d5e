"""Suggestions: what fits goes in once, what clashes goes to a person, and every one is owed a reason."""

from __future__ import annotations

import pytest
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.agreement.refusals import reasons_of as refused
from tests.drafting.tables import LEADERS, WEEKLY, laid

from penholder.agreement import rounds
from penholder.drafting import suggestions, weighing
from penholder.drafting.contributions import FATE_NEXT, Fate, Suggestion
from penholder.errors import Missing, Refused
from penholder.record.models import Entry
from penholder.seal import digest

pytestmark = [pytest.mark.django_db, pytest.mark.engines]


@pytest.fixture
def table(office):  # noqa: F811
    return laid(office)


def acts() -> list[str]:
    return list(Entry.objects.filter(act__startswith="suggestion.").order_by("number").values_list("act", flat=True))


def test_a_suggestion_is_numbered_told_to_the_record_and_put_into_the_text_exactly_once(table):
    row = table.swap("health", "each week", "every month")
    assert (row.number, row.fate, row.by) == (1, "open", "Health, Digital Leader, Health")
    done = table.accept(row)
    assert "Leaders meet every month in London." in table.text()
    assert (done.fate, done.applied) == ("accepted", "Leaders meet every month in London.")
    assert "already; somebody was there first" in refused(lambda: table.accept(row))
    assert acts() == ["suggestion.made", "suggestion.accepted"]


def test_two_suggestions_that_replace_one_phrase_are_a_conflict_and_never_both(table):
    month, year = table.swap("health", "each week", "every month"), table.swap("home", "each week", "every year")
    clashing = weighing.conflicts(Suggestion.objects.all(), table.named)
    assert clashing == {month.pk: (year,), year.pk: (month,)}
    assert "touch the same words: suggestion 2" in refused(lambda: table.accept(month))
    table.accept(month, seen=[year.pk])
    year.refresh_from_db()
    assert (year.fate, year.look_again) == ("open", month.number)
    assert "reads differently now" in refused(lambda: table.accept(year))
    assert "Leaders meet every month in London." in table.text()
    assert suggestions.outcome_of(year, table.named) is None, "nobody but a person can say"


def test_two_suggestions_to_other_words_of_one_passage_are_merged_when_a_person_has_looked(table):
    month, place = table.swap("health", "each week", "every month"), table.swap("home", "London", "Cardiff")
    assert not weighing.conflicts(Suggestion.objects.all(), table.named)
    table.accept(month)
    merged = suggestions.outcome_of(place, table.named)
    assert merged == "Leaders meet every month in Cardiff."
    assert "reads differently now" in refused(lambda: table.accept(place))
    reading = digest(table.passage("every month").block.source)
    assert "Say how it shall read" in refused(lambda: table.accept(place, reading=reading))
    assert table.accept(place, words=merged, reading=reading).fate == "accepted"
    assert merged in table.text()


def test_a_suggestion_is_accepted_in_part_in_other_words_and_with_a_reason(table):
    row = table.swap("health", "each week", "every month")
    words = "Leaders meet every other week in London."
    assert "every suggestion is owed a reason" in refused(lambda: table.accept(row, words=words))
    done = table.accept(row, words=words, reason="A month is too long.")
    assert (done.fate, done.because, done.applied) == ("in-part", "A month is too long.", words)
    assert words in table.text()


def test_a_rejection_wants_a_reason_and_leaves_the_text(table):
    row = table.swap("health", "each week", "every month")
    before = table.text()

    def reject(reason):
        return suggestions.reject(suggestion_id=row.pk, reason=reason, by=table.seat("pen"), at=table.office.later())

    assert "owed a reason" in refused(lambda: reject(" "))
    assert reject("They must meet each week.").fate == "rejected"
    assert table.text() == before
    assert Entry.objects.get(act="suggestion.rejected").reason == "They must meet each week."


def test_only_the_pen_team_decides_and_nobody_decides_for_who_is_not_asked(table):
    row = table.swap("health", "each week", "every month")
    for who in ("health", "home", "chair"):
        assert "decide what becomes of a suggestion" in refused(lambda who=who: table.accept(row, who))
    with pytest.raises(Refused, match="those who are asked about this text"):
        table.seat("stranger")
    with pytest.raises(Refused, match="those who are asked about this text"):
        table.seat("adviser")


def test_who_is_not_asked_any_more_has_no_seat(table):
    assert table.seat("clerk")
    rounds.call_off(
        round_id=table.office.round.pk, reason="Too early.", by=table.office.acting("pen"), at=table.office.later()
    )
    with pytest.raises(Refused, match="in a round that runs"):
        table.seat("clerk")


def test_a_paragraph_is_deleted_while_another_edits_inside_it(table):
    gone, edited = table.suggest("health", WEEKLY, what="delete"), table.swap("home", "London", "Cardiff")
    assert weighing.conflicts([gone, edited], table.named)
    table.accept(gone, seen=[edited.pk])
    assert WEEKLY not in table.text()
    edited.refresh_from_db()
    assert edited.look_again == gone.number
    assert "was removed from the draft" in refused(lambda: table.accept(edited))
    table.edit(LEADERS, f"{LEADERS}\n\n{WEEKLY}")
    assert table.accept(edited).fate == "accepted", "put back word for word, it reads as quoted"


def test_a_passage_that_was_edited_is_deleted_only_by_who_has_seen_it(table):
    gone = table.suggest("health", WEEKLY, what="delete")
    table.edit("in London", "in London and online")
    assert "reads differently now" in refused(lambda: table.accept(gone))
    assert "reads differently now" in refused(lambda: table.accept(gone, reading=digest(WEEKLY)))
    table.accept(gone, reading=digest("Leaders meet each week in London and online."))
    assert "online" not in table.text()


def test_a_move_and_an_edit_of_one_passage_go_together(table):
    target = table.passage("Every department has the skills")
    move = table.suggest("health", WEEKLY, what="move", target=target.name, target_section="skills")
    edit = table.swap("home", "London", "Cardiff")
    assert not weighing.conflicts([move, edit], table.named)
    table.accept(move)
    assert "Leaders meet" not in table.text()
    assert table.text("skills").endswith(f"skills it needs.\n\n{WEEKLY}\n")
    table.accept(edit)
    assert table.text("skills").endswith("Leaders meet each week in Cardiff.\n")


@pytest.mark.parametrize(("what", "after"), [("They answer", LEADERS), (LEADERS, "They answer"), ("They answer", "")])
def test_a_passage_moves_up_down_and_to_the_beginning_of_its_section(table, what, after):
    moved = table.passage(what).block.source
    target = table.passage(after).name if after else ""
    table.accept(table.suggest("health", what, what="move", target=target, target_section="leaders"))
    order = [one.block.source for one in table.named.part("leaders").passages]
    assert sorted(order) == sorted(
        ["# Leaders", LEADERS, WEEKLY, "- They publish what they decide.", "- They answer for it."]
    )
    at = order.index(moved)
    assert (order[at - 1] if at else "") == (table.passage(after).block.source if after else "")


def test_a_passage_cannot_move_to_where_it_stands_or_after_itself(table):
    own = table.passage(WEEKLY).name
    before = table.passage(LEADERS).name
    for target, said in (
        (own, "cannot stand after itself"),
        (before, "stands there already"),
        ("p-nobody2", "after which"),
    ):
        assert said in refused(
            lambda target=target: table.suggest("health", WEEKLY, what="move", target=target, target_section="leaders")
        )


def test_insertions_go_after_their_passage_into_lists_and_to_the_beginning(table):
    table.accept(table.suggest("health", "They publish", "- They meet in public.", what="insert"))
    assert "decide.\n- They meet in public.\n- They answer" in table.text()
    first, second = (table.suggest(who, WEEKLY, f"{who} pays.", what="insert") for who in ("health", "home"))
    assert weighing.conflicts([first, second], table.named), "both would stand at one point"
    table.accept(first, seen=[second.pk])
    assert f"{WEEKLY}\n\nhealth pays.\n\n- They" in table.text()


def test_what_says_nothing_or_too_much_is_not_a_suggestion(table):
    same = table.passage(WEEKLY).block.source
    assert "Nothing is changed yet" in refused(lambda: table.suggest("health", WEEKLY, same))
    assert "Write the words" in refused(lambda: table.suggest("health", WEEKLY, " "))
    assert "up to 20000 characters" in refused(lambda: table.suggest("health", WEEKLY, "x" * 20_001))
    assert "Say why" in refused(lambda: table.suggest("health", WEEKLY, "Other.", reason=" "))
    assert "how much hangs on it" in refused(lambda: table.suggest("health", WEEKLY, "Other.", weight="z"))


def test_a_suggestion_is_withdrawn_by_who_made_it_or_who_speaks_for_them(table):
    def withdraw(row, who):
        return suggestions.withdraw(suggestion_id=row.pk, by=table.seat(who), at=table.office.later())

    row = table.swap("clerk", "each week", "every month")
    assert "Only who made a suggestion" in refused(lambda: withdraw(row, "home"))
    assert withdraw(row, "clerk").fate == "withdrawn"
    assert withdraw(table.swap("clerk", "each week", "every year"), "health").fate == "withdrawn"


def test_inside_a_department_a_suggestion_is_nobody_elses_until_its_leader_lodges_it(table):
    row = table.swap("clerk", "each week", "every month", inside=True)
    assert (row.number, acts()) == (0, [])
    for who in ("pen", "home", "chair"):
        assert not Suggestion.objects.filter(table.seat(who).seen).exists()
        with pytest.raises(Missing, match="no such suggestion"):
            suggestions.lodge(suggestion_id=row.pk, by=table.seat(who), at=table.office.later())
    assert "leave their organisation" in refused(
        lambda: suggestions.lodge(suggestion_id=row.pk, by=table.seat("clerk"), at=table.office.later())
    )
    lodged = suggestions.lodge(suggestion_id=row.pk, by=table.seat("health"), at=table.office.later())
    assert (lodged.number, lodged.fate, acts()) == (1, "open", ["suggestion.made"])
    assert table.accept(lodged).fate == "accepted"


def test_authors_of_files_need_no_account_and_their_words_may_stand_on_an_older_text(table):
    old = table.passage(WEEKLY)
    table.edit("in London", "in London and online")
    row = table.suggest(
        "pen", "in London and online", "Leaders meet every month in London.", quote=old.block.source,
        author="Rhiannon Jones", source="comments.docx", reason="", made_at=table.office.at,
    )  # fmt: skip
    assert (row.by, row.author, row.source) == ("Rhiannon Jones", None, "comments.docx")
    assert weighing.where(row, table.named).state == "changed"
    assert suggestions.outcome_of(row, table.named) == "Leaders meet every month in London and online."


def test_every_fate_can_be_reached_and_none_is_left_once_it_is_decided():
    assert set(FATE_NEXT) == set(Fate)
    assert {fate for fate, after in FATE_NEXT.items() if not after} == set(Fate) - {Fate.INSIDE, Fate.OPEN}
