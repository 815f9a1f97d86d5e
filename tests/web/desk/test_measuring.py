"""How an action is measured is said at the desk by the pen team, and changed with a reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.services.conftest import NOON, ministry  # noqa: F401 - a fixture
from tests.web.conftest import AIMS, FIRST, reading
from tests.web.desk.test_uploading import enter, on_that_day, words  # noqa: F401 - fixtures

from penholder.delivery import imports, measures
from penholder.formats.reading import Snapshot
from penholder.people.models import Role

pytestmark = pytest.mark.django_db

PAGE = "/desk/services/measures/"
TOLD = {
    "title": "More people finish", "definition": "completion-rate", "services": "Passports\nlicences\n\npassports",
    "baseline": "0.6", "baseline_on": "2026-01-01", "target": "0.7", "due_on": "2027-01-01",
}  # fmt: skip


@pytest.fixture
def strategy(ministry, settings, tmp_path):  # noqa: F811
    settings.PENHOLDER_MEDIA = tmp_path / "media"
    assert not imports.take_in(
        [Snapshot("first", FIRST, "test", reading(AIMS, later=False))], source="t", at=NOON
    ).stopped


def test_an_action_is_measured_and_the_measure_changed(strategy, enter, django_assert_max_num_queries):  # noqa: F811
    client = enter("orla", Role.PEN)
    assert "Not measured by any figure." in words(client.get(PAGE))
    nothing = words(client.post(f"{PAGE}strategy/1/", TOLD | {"services": "Passports\nSome thing"}))
    assert "The register has no service called “Some thing”." in nothing
    said = words(client.post(f"{PAGE}strategy/1/", TOLD, follow=True))
    assert "More people finish : Completion rate, Passports, Licences 60.0% on 1 January 2026 to be 70.0% by" in said
    form = client.get(f"{PAGE}strategy/1/more-people-finish/").context["form"]
    assert (form.initial["target"], form.initial["services"]) == ("0.7", "Passports\nLicences")
    changed = TOLD | {"target": "0.65"}
    assert client.post(f"{PAGE}strategy/1/more-people-finish/", changed).status_code == 422, "without a reason"
    changed |= {"reason": "A release was put off."}
    with django_assert_max_num_queries(20):
        client.get(PAGE)
    assert "A release was put off." in words(client.post(f"{PAGE}strategy/1/more-people-finish/", changed, follow=True))
    (one,) = measures.read("strategy", action=1, at=NOON)
    assert (one.now.target, one.now.due_on, len(one.versions)) == (Decimal("0.65"), date(2027, 1, 1), 2)


def test_who_may_not_is_told_and_what_is_not_there_is_not_found(strategy, enter):  # noqa: F811
    leader = enter("lena")
    assert "Only these may say by which figures" in words(leader.get(PAGE))
    assert leader.post(f"{PAGE}strategy/1/", TOLD).status_code == 409
    pen = enter("orla", Role.PEN)
    assert pen.get(f"{PAGE}strategy/99/").status_code == 404
    assert pen.get(f"{PAGE}strategy/1/nothing/").status_code == 404
