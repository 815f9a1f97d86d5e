"""Hints for clear writing in a draft, and waivers: with a reason, in the record, and ended when they no longer fit."""

from __future__ import annotations

import pytest
from django.utils import translation
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.agreement.refusals import reasons_of as refused
from tests.drafting.tables import LEADERS, laid

from penholder.delivery import checks
from penholder.drafting import hints, waivers
from penholder.drafting.waived import Waiver
from penholder.errors import Missing
from penholder.record.models import Entry
from penholder.text.clarity import ADVICE, RULES

pytestmark = pytest.mark.django_db
VAGUE = "Departments will raise awareness of what they offer."


@pytest.fixture
def table(office):  # noqa: F811
    table = laid(office)
    table.edit(LEADERS, VAGUE)
    return table


def waive(table, **more):
    given = {"rule": "promise", "passage": "", "reason": "It stands in the annex."} | more
    return waivers.waive(document_id=table.document.pk, by=table.office.acting("pen"), at=table.office.later(), **given)


def open_rules(table) -> list[str]:
    return [hint.rule for hint in hints.open_ones(hints.of(table.document))]


def test_a_hint_names_its_passage_and_every_rule_has_a_name():
    assert set(hints.NAMES) == set(RULES)
    assert {key: str(words) for key, words in hints.ADVICE.items()} == ADVICE


def test_the_advice_comes_in_the_language_of_the_desk(table):
    (hint,) = [one for one in hints.of(table.document) if one.rule == "promise"]
    assert hint.advice == "A promise that cannot be checked: it does not say what could be counted or by when."
    with translation.override("cy"):
        (hint,) = [one for one in hints.of(table.document) if one.rule == "promise"]
    assert hint.advice.endswith("beth y gellid ei gyfrif nac erbyn pryd.")


def test_a_check_in_a_terminal_asks_what_the_desk_asks_and_tells_each_waiver(table):
    assert [one.where for one in checks.draft(table.document)] == ["strategy, section leaders"]
    assert checks.draft(table.document, off=("promise",)) == []
    waive(table, passage=table.passage(VAGUE).name)
    (told,) = checks.draft(table.document)
    assert told.what.startswith("“promise” is waived: It stands in the annex.")
    assert told.severity == "note"


def test_hints_stand_on_the_passages_of_the_draft(table):
    (hint,) = [one for one in hints.of(table.document) if one.rule == "promise"]
    assert (hint.section, hint.passage, hint.words) == ("leaders", table.passage(VAGUE).name, VAGUE)


def test_a_rule_is_waived_in_one_passage_and_the_waiver_follows_it(table):
    waive(table, passage=table.passage(VAGUE).name)
    assert open_rules(table) == []
    table.edit(VAGUE, f"Before it.\n\n{VAGUE[:-1]} online.")
    assert open_rules(table) == []
    table.edit("Before it.", "Departments will encourage its use.")
    assert open_rules(table) == ["promise"]


def test_a_rule_is_waived_in_the_whole_text_once_and_asked_again(table):
    row = waive(table)
    assert waive(table, reason="Another.").pk == row.pk
    assert open_rules(table) == []
    waivers.end(waiver_id=row.pk, by=table.office.acting("pen"), at=table.office.later())
    assert open_rules(table) == ["promise"]
    with pytest.raises(Missing):
        waivers.end(waiver_id=row.pk, by=table.office.acting("pen"), at=table.office.later())
    acts = Entry.objects.filter(act__startswith="rule.").order_by("number").values_list("act", "reason")
    assert list(acts) == [("rule.waived", "It stands in the annex."), ("rule.asked-again", "")]
    assert Waiver.objects.get().ended_by


def test_a_waiver_wants_a_reason_a_rule_that_is_there_and_a_passage_that_stands(table):
    assert "Say why this rule is not asked here." in refused(lambda: waive(table, reason=" "))
    assert "There is no rule “nonsense”." in refused(lambda: waive(table, rule="nonsense"))
    assert "does not stand in the draft now" in refused(lambda: waive(table, passage="nowhere"))


def test_only_who_may_write_waives(table):
    said = refused(
        lambda: waivers.waive(
            document_id=table.document.pk,
            rule="promise",
            passage="",
            reason="So.",
            by=table.office.acting("health"),
            at=table.office.later(),
        )
    )
    assert "write and seal the text" in said


def test_open_hints_stand_in_the_way_of_sealing_only_where_the_document_asks_for_it(table):
    assert hints.objections_to_sealing(table.document) == []
    by = table.office.acting("pen")
    waivers.ask_before_sealing(document_id=table.document.pk, ask=True, by=by, at=table.office.later())
    assert "1 hint is open" in hints.objections_to_sealing(table.document)[0]
    waive(table)
    assert hints.objections_to_sealing(table.document) == []
    assert Entry.objects.filter(act="clarity.asked").count() == 1
