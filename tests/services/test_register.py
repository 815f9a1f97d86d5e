"""The register: what is said about a service stands in versions, and everything about it is read at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.services.conftest import NOON, TODAY

from penholder.errors import Missing, Refused
from penholder.people.models import Role
from penholder.record.models import Entry
from penholder.services import assessments, registrations, releases, standards, standing, targets
from penholder.services.assessments import Found, Report
from penholder.services.models import Assessment, Target
from penholder.services.registrations import Described, NewService

DAY = date(2026, 11, 1)


def change(**changed):
    said = {"key": "passports", "as_of": DAY, "said_on": TODAY, "reason": "Renamed.", "by": None, "at": NOON}
    return registrations.change(**said | changed)


def test_a_change_is_a_new_version_with_its_reason(ministry):
    change(name="Passports and travel papers", needs="To travel.")
    service = standing.one("passports")
    assert (service.name, service.now.number, service.now.reason) == ("Passports and travel papers", 2, "Renamed.")
    assert (service.former_names, service.history[0].name) == (("Passports",), "Passports")
    assert Entry.objects.filter(act="service.changed", subject="passports").get().reason == "Renamed."


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"name": "X", "reason": " "}, "Say why this changes"),
        ({}, "Nothing would change"),
        ({"opened_on": date(2026, 1, 2), "closed_on": date(2026, 1, 1)}, "close before it opened"),
        ({"name": ""}, "needs a name"),
    ],
)
def test_a_change_that_cannot_be_is_refused(ministry, changed, why):
    with pytest.raises(Refused, match=why):
        change(**changed)


def test_a_leader_describes_services_of_the_own_organisation_alone(ministry):
    with pytest.raises(Refused, match="its own organisation"):
        change(name="X", by=ministry.acting("wilf", Role.LEADER, body="work"))
    with pytest.raises(Refused, match="Only these may register"):
        change(name="X", by=ministry.acting("cleo", Role.CHAIR))
    change(name="X", by=ministry.acting("lena", Role.LEADER))


def test_a_service_is_registered_once_and_under_a_key(ministry):
    described = Described(name="A", organisation=ministry.body("interior"))
    more = {"as_of": DAY, "said_on": TODAY, "by": None, "at": NOON}
    with pytest.raises(Refused, match="in the register already"):
        registrations.register(new=NewService("passports", described), **more)
    with pytest.raises(Refused, match="is no key"):
        registrations.register(new=NewService("Pass ports", described), **more)
    with pytest.raises(Missing):
        standing.one("nowhere")


def test_services_are_merged_and_split_with_a_day(ministry):
    registrations.descend(
        predecessor="passports", successors=["licences"], kind="merged", on=DAY, reason="One form.", by=None, at=NOON
    )
    old, new = standing.one("passports"), standing.one("licences")
    assert [(each.other, each.kind) for each in old.became] == [("licences", "merged")]
    assert [each.other for each in new.came_from] == ["passports"]
    with pytest.raises(Refused, match="the other way round"):
        registrations.descend(
            predecessor="licences", successors=["passports"], kind="merged", on=DAY, reason="Back.", by=None, at=NOON
        )


def test_channels_have_a_class_that_may_be_another(ministry):
    registrations.put_channel(key="passports", channel="agents", kind="agent", klass="digital", by=None, at=NOON)
    service = standing.one("passports")
    assert (service.klass_of("agents"), service.klass_of("phone")) == ("digital", "other")
    assert service.klass_of("assisted-digital") == "assisted digital"
    with pytest.raises(Refused, match="no kind of channel"):
        registrations.put_channel(key="passports", channel="fax", kind="fax", by=None, at=NOON)


def test_releases_and_programmes_are_told_with_the_service(ministry):
    releases.tell(key="passports", name="2.1", released_on=DAY, changed="One page less.", by=None, at=NOON)
    with pytest.raises(Refused, match="told already"):
        releases.tell(key="passports", name="2.1", released_on=DAY, changed="Again.", by=None, at=NOON)
    registrations.choose(key="passports", programme="Exemplars", since=DAY, by=None, at=NOON)
    service = standing.one("passports")
    assert [each.changed for each in service.releases] == ["One page less."]
    assert service.exemplar == (("Exemplars", DAY),)


def test_a_changed_target_is_a_newer_version_that_says_why(ministry):
    put = {"key": "passports", "definition": "completion-rate", "said_on": TODAY, "by": None, "at": NOON}
    targets.put(value=Decimal("0.9"), due_on=date(2027, 4, 1), **put)
    with pytest.raises(Refused, match="Say why this changes"):
        targets.put(value=Decimal("0.8"), due_on=date(2027, 4, 1), **put)
    targets.put(value=Decimal("0.8"), due_on=date(2027, 4, 1), reason="A release was put off.", **put)
    service = standing.one("passports")
    assert [(each.value, each.stands) for each in service.targets] == [(0.9, False), (0.8, True)]
    assert service.target("completion-rate").value == 0.8
    targets.put(value=None, due_on=date(2027, 4, 1), reason="Given up.", **put)
    assert standing.one("passports").target("completion-rate") is None
    assert Target.objects.count() == 3


@pytest.mark.parametrize(
    ("definition", "value", "why"),
    [("wishes", "0.9", "no figure “wishes”"), ("completion-rate", "90", "cannot be the value")],
)
def test_a_target_is_for_a_figure_that_there_is(ministry, definition, value, why):
    with pytest.raises(Refused, match=why):
        targets.put(
            key="passports", definition=definition, value=Decimal(value), due_on=DAY, said_on=TODAY, by=None, at=NOON
        )


def test_the_standard_has_had_three_versions_that_follow_each_other():
    assert [(each.key, len(each.points)) for each in standards.versions()] == [("2014", 26), ("2015", 18), ("2019", 14)]
    older = standards.versions()
    assert [each.effective_to for each in older[:-1]] == [each.effective_from for each in older[1:]]
    assert standards.in_force(date(2014, 3, 31)) is None
    assert standards.in_force(date(2016, 1, 1)).key == "2015"
    assert all(each.source and len({point.title for point in each.points}) == len(each.points) for each in older)


def report(**more):
    said = {
        "standard": "2019", "stage": "beta", "result": "met", "held_on": DAY, "panel": "Three assessors.",
        "points": (Found(1, "met", "Twelve interviews."), Found(4, "met", "Seen in the lab.")),
    }  # fmt: skip
    return Report(**said | more)


def test_an_assessment_tells_each_point_with_its_evidence(ministry):
    adviser = ministry.acting("ada", Role.ADVISER, body="work")
    assessments.record(key="passports", report=report(), by=adviser, at=NOON)
    (told,) = assessments.of("passports")
    assert [(point.number, point.result) for point in told.points if point.evidence] == [(1, "met"), (4, "met")]
    assert sum(point.result == "not-looked-at" for point in told.points) == 12
    assert told.points[3].title == "Simple to use"
    assert assessments.of("passports", public_on=TODAY) == [], "its report is not public"


def test_a_correction_of_an_assessment_says_why_and_the_first_stays(ministry):
    first = assessments.record(key="passports", report=report(), by=None, at=NOON)
    with pytest.raises(Refused, match="Say why this changes"):
        assessments.record(
            key="passports", report=report(result="met-with-conditions"), corrects=first.pk, by=None, at=NOON
        )
    public = report(result="met-with-conditions", published_on=DAY)
    assessments.record(key="passports", report=public, corrects=first.pk, reason="Misread.", by=None, at=NOON)
    (told,) = assessments.of("passports", public_on=TODAY)
    assert (told.result, Assessment.objects.count()) == ("met-with-conditions", 2)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"points": (Found(15, "met", "x"),)}, "Point 15 is told twice, or"),
        ({"points": (Found(1, "met", ""),)}, "say what the evidence is"),
        ({"points": (Found(1, "not-met", "x"),)}, "cannot be met while"),
        ({"result": "splendid"}, "met, not met, or"),
        ({"panel": ""}, "who sat on the panel"),
        ({"published_on": date(2026, 1, 1)}, "before the assessment was held"),
        ({"stage": "gamma"}, "is no stage"),
    ],
)
def test_an_assessment_that_cannot_be_is_refused(ministry, more, why):
    with pytest.raises(Refused, match=why):
        assessments.record(key="passports", report=report(**more), by=None, at=NOON)


def test_the_register_is_read_with_the_same_queries_for_any_number(ministry, django_assert_num_queries):
    for number in range(20):
        ministry.service(f"service-{number:02}")
    with django_assert_num_queries(8):
        assert len(standing.listed()) == 23
    with django_assert_num_queries(8):
        assert [each.key for each in standing.listed(organisation="work")] == ["pensions"]
