"""Suggestions to the same words are decided by a person, in one go: one is in, the others are told why not."""

from __future__ import annotations

import pytest
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.agreement.refusals import reasons_of as refused
from tests.drafting.tables import WEEKLY, laid

from penholder.drafting import settling, weighing
from penholder.drafting.contributions import Suggestion
from penholder.errors import Missing
from penholder.record.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.engines]


@pytest.fixture
def table(office):  # noqa: F811
    return laid(office)


def settle(table, chosen, *rows, who="pen", reason="A month is enough.", **more):
    return settling.settle(
        chosen=chosen.pk if chosen else None, among=[row.pk for row in rows], by=table.seat(who),
        at=table.office.later(), reason=reason, **more,
    )  # fmt: skip


def fates() -> list[str]:
    return list(Suggestion.objects.order_by("number").values_list("fate", flat=True))


def test_two_that_replace_one_phrase_are_a_conflict_and_never_both_in_the_text(table):
    week, month = table.swap("health", "each week", "weekly"), table.swap("home", "each week", "every month")
    aside = table.swap("home", "London", "Cardiff")
    rows = [week, month, aside]
    (group,) = settling.conflicts(rows, weighing.conflicts(rows, table.named))
    assert group == [week, month]
    settle(table, month, week, month)
    assert "Leaders meet every month in London." in table.text()
    assert fates() == ["rejected", "accepted", "open"]
    assert Suggestion.objects.get(pk=week.pk).because == (
        "Suggestion 2 was accepted on the same words. A month is enough."
    )
    acts = Entry.objects.filter(act__startswith="suggestion.").order_by("number").values_list("act", flat=True)
    assert list(acts)[-2:] == ["suggestion.accepted", "suggestion.rejected"]


def test_none_of_them_leaves_the_passage_as_it_is(table):
    rows = table.swap("health", "each week", "weekly"), table.swap("home", "each week", "every month")
    assert settle(table, None, *rows) is None
    assert WEEKLY in table.text()
    assert fates() == ["rejected", "rejected"]


def test_what_does_not_touch_the_chosen_one_stays_open(table):
    both = table.suggest("health", WEEKLY, "Leaders meet every month in Cardiff.")
    week, place = table.swap("home", "each week", "weekly"), table.swap("home", "London", "York")
    rows = [both, week, place]
    (group,) = settling.conflicts(rows, weighing.conflicts(rows, table.named))
    assert len(group) == 3
    settle(table, week, *rows)
    assert fates() == ["rejected", "accepted", "open"]


def test_nothing_is_done_when_anything_stands_in_the_way(table):
    week, month = table.swap("health", "each week", "weekly"), table.swap("home", "each week", "every month")
    assert "Say why" in refused(lambda: settle(table, week, week, month, reason=" "))
    assert refused(lambda: settle(table, week, week, month, who="clerk"))
    third = table.swap("clerk", "each week", "now and then")
    assert str(third.number) in refused(lambda: settle(table, week, week, month))
    with pytest.raises(Missing, match="not here together"):
        settle(table, None, week)
    table.accept(month, seen=[week.pk, third.pk])
    assert "somebody was there first" in refused(lambda: settle(table, week, week, month))
    assert fates() == ["open", "accepted", "open"]
