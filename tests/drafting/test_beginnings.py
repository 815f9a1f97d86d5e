"""A document is begun from the template of its kind, by who may draft it."""

from __future__ import annotations

import pytest
from tests.agreement.conftest import MONDAY, office  # noqa: F401 - fixture

from penholder.drafting import beginnings, iterations, kinds, rights
from penholder.drafting.kinds import TO_WRITE, Promised
from penholder.drafting.models import Document, Kind
from penholder.errors import Missing, Refused
from penholder.people.models import Organisation, Role
from penholder.record.models import Entry
from penholder.text.canonical import canonical
from penholder.text.markdown import blocks

pytestmark = pytest.mark.django_db

ACTION = Promised(
    5,
    "Departments redesign {large} services",
    "They start by April.\n\n- Seven go first.\n- The rest follow.\n\n:::{table}\n:name: t-1\n| a |\n|---|\n| 1 |\n:::\n",
    "Government Digital Strategy, edition 3",
)


@pytest.mark.parametrize("kind", kinds.BEGINNING)
def test_every_template_is_house_markdown_with_something_to_write_in_every_section(kind):
    drafts = kinds.beginning(kind, title="A title", organisation="The Treasury", actions=[ACTION])
    assert drafts
    assert len({draft.key for draft in drafts}) == len(drafts)
    for draft in drafts:
        assert canonical(draft.text) == draft.text
        assert kinds.to_write(draft.text) == 1
        first = blocks(draft.text)[0]
        assert (first.kind, first.plain) == ("heading", draft.title)
        assert "{" not in draft.title
        assert "{organisation}" not in draft.text


def test_a_departmental_strategy_quotes_each_action_without_its_tables():
    drafts = {draft.key: draft for draft in kinds.beginning("departmental", title="T", actions=[ACTION])}
    assert drafts["action-05"].title == "Action 05: Departments redesign large services"
    assert "> They start by April.\n>\n> - Seven go first.\n> - The rest follow.\n" in drafts["action-05"].text
    assert "> — Government Digital Strategy, edition 3\n" in drafts["action-05"].text
    assert ":::" not in drafts["action-05"].text


def test_case_studies_have_no_template():
    with pytest.raises(Missing, match="no template"):
        kinds.beginning("case-studies", title="T")


def begin(office, by, kind="post", title="Who may draft", **more):  # noqa: F811
    return beginnings.begin(kind=kind, title=title, by=by, at=MONDAY, **more)


def test_the_pen_team_begins_a_document_and_the_record_says_so(office):  # noqa: F811
    office.post("pen", Role.PEN)
    document = begin(office, office.acting("pen"), kind="report", title="  Progress   in 2013 ")
    assert (document.key, document.title, document.sections.count()) == ("progress-in-2013", "Progress in 2013", 5)
    entry = Entry.objects.get(act="document.begun")
    assert (entry.subject, entry.person) == ("progress-in-2013", "Pen")


def test_a_key_that_is_taken_gets_a_number(office):  # noqa: F811
    office.post("pen", Role.PEN)
    first = begin(office, office.acting("pen"), title="News!")
    second = begin(office, office.acting("pen"), title="News?")
    assert (first.key, second.key) == ("news", "news-2")


def test_a_form_sent_twice_begins_one_document(office):  # noqa: F811
    office.post("pen", Role.PEN)
    begin(office, office.acting("pen"))
    with pytest.raises(Refused, match="already"):
        begin(office, office.acting("pen"))
    assert Document.objects.count() == 1


@pytest.mark.parametrize("role", [Role.LEADER, Role.CONTRIBUTOR])
def test_a_department_begins_its_own_strategy_and_nobody_elses(office, role):  # noqa: F811
    office.post("somebody", role, "treasury")
    office.post("other", role, "health")
    treasury = Organisation.objects.get(key="treasury")
    made = begin(office, office.acting("somebody"), Kind.DEPARTMENTAL, "Ours", organisation=treasury, actions=[ACTION])
    assert made.sections.get(key="action-05").text.count(TO_WRITE) == 1
    with pytest.raises(Refused, match="your own organisation"):
        begin(office, office.acting("other"), Kind.DEPARTMENTAL, "Theirs", organisation=treasury)
    with pytest.raises(Refused, match="write and seal the text"):
        begin(office, office.acting("somebody"), Kind.STRATEGY, "Everybody’s", organisation=treasury)


@pytest.mark.parametrize("role", [Role.ADVISER, Role.MINISTER, Role.OFFICE, Role.CHAIR, Role.SERVICE_MANAGER])
def test_others_draft_nothing(office, role):  # noqa: F811
    office.post("somebody", role, "treasury")
    treasury = Organisation.objects.get(key="treasury")
    for kind in kinds.BEGINNING:
        with pytest.raises(Refused, match="Only these may"):
            begin(office, office.acting("somebody"), kind, organisation=treasury)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"title": " "}, "Give the document a title"),
        ({"title": "x" * 501}, "Shorten it"),
        ({"kind": "departmental"}, "choose the organisation"),
        ({"kind": "case-studies"}, "Choose what is to be written"),
    ],
)
def test_what_is_missing_is_named(office, more, reason):  # noqa: F811
    office.post("pen", Role.PEN)
    with pytest.raises(Refused, match=reason):
        begin(office, office.acting("pen"), **more)


def test_a_begun_document_can_be_sealed(office):  # noqa: F811
    office.post("pen", Role.PEN)
    document = begin(office, office.acting("pen"), kind="strategy", title="Another strategy")
    sealed = iterations.seal(document=document, label="Begun", taken_at=MONDAY, at=MONDAY)
    assert sealed.new
    assert iterations.verify(sealed.iteration) == []


def test_a_draft_is_read_by_the_pen_team_the_chair_and_the_department_whose_it_is(office):  # noqa: F811
    for name, role, organisation in [
        ("pen", Role.PEN, "cabinet-office"),
        ("chair", Role.CHAIR, "cabinet-office"),
        ("grace", Role.CONTRIBUTOR, "treasury"),
        ("hugo", Role.LEADER, "health"),
    ]:
        office.post(name, role, organisation)
    treasury = Organisation.objects.get(key="treasury")
    ours = begin(office, office.acting("grace"), Kind.DEPARTMENTAL, "Ours", organisation=treasury)
    reads = {name: not rights.objections_to_reading(ours, [office.posts[name]]) for name in office.posts}
    assert {name for name in reads if reads[name]} == {"pen", "chair", "grace", "treasury"}
    assert rights.objections_to_reading(ours, [])
