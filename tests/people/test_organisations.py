"""Organisations are one, whatever name they are found under."""

from __future__ import annotations

import pytest
from tests.people.conftest import NOON

from penholder.errors import Missing
from penholder.people import organisations
from penholder.people.models import Organisation, Post
from penholder.people.organisations import Named, fold

pytestmark = pytest.mark.django_db

HMRC = Named("hmrc", "HM Revenue & Customs", "HMRC", "department", ("Inland Revenue",), "Director General", "")


@pytest.mark.parametrize(
    "name",
    ["hmrc", "HM Revenue and Customs", "hm revenue & customs", "The Inland Revenue", "HMRC", "HM  Revenue\n& Customs."],
)
def test_an_organisation_is_found_by_any_of_its_names(name):
    organisations.put_all([HMRC], at=NOON)
    assert organisations.find(name).key == "hmrc"


def test_accents_and_apostrophes_do_not_make_another_name():
    assert (
        fold("Attorney General’s Office") == fold("Attorney General's Office") == fold("The ATTORNEY GENERALS office")
    )
    assert fold("Swyddfa Cymrú") == fold("Swyddfa Cymru")


def test_a_name_that_nobody_has_is_missing():
    with pytest.raises(Missing, match="Add it as an alias"):
        organisations.find("Ministry of Silly Walks")


def test_an_organisation_that_comes_under_an_alias_is_not_made_twice():
    organisations.put_all([HMRC], at=NOON)
    found, touched = organisations.put_all([Named("inland", "Inland Revenue")], at=NOON)
    assert found["inland"].key == "hmrc"
    assert Organisation.objects.count() == 1
    assert touched <= 1


def test_putting_the_same_again_changes_nothing():
    organisations.put_all([HMRC], at=NOON)
    _, touched = organisations.put_all([HMRC], at=NOON)
    assert touched == 0


def test_what_is_not_known_this_time_is_not_forgotten():
    organisations.put_all([HMRC], at=NOON)
    organisations.put_all([Named("hmrc", "HM Revenue & Customs")], at=NOON)
    assert Organisation.objects.get().acronym == "HMRC"
    assert Post.objects.get().title == "Director General"


def test_many_organisations_take_as_many_queries_as_one(django_assert_max_num_queries):
    many = [Named(f"body-{number}", f"Body {number}", leader="Leader") for number in range(300)]
    with django_assert_max_num_queries(30):  # SQLite takes a thousand values at a time, and 600 entries have 12 each
        organisations.put_all(many, at=NOON)
    assert Organisation.objects.count() == 300
