"""`penholder people`: the first posts are filled from the machine itself."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import timezone

from penholder.cli import main
from penholder.people.models import Person, Succession
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


def run(*words, code=0):
    result = CliRunner().invoke(main, ["people", *words])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def made():
    run("organisation", "HM Revenue & Customs", "--acronym", "HMRC")
    run("post", "hmrc", "Director General")
    return "hmrc-director-general"


def test_from_nothing_to_the_first_invitation(made, client):
    told = json.loads(run("invite", made, "grace@hmrc.example", "--name", "Grace", "--json"))
    assert told["post"] == made
    address = re.sub(r"^http://127\.0\.0\.1:8000", "", told["link"])
    assert client.get(address).status_code == 200
    assert {entry.actor for entry in Entry.objects.all()} == {"Operator of this instance"}
    assert "http://127.0.0.1:8000/account/invitation/" in run("invite", made, "henry@hmrc.example")


def test_who_holds_what_is_listed(made):
    grace = Person.objects.create_user("grace@hmrc.example", name="Grace")
    assert "nobody" in run("list")
    assert "Grace holds Director General, HM Revenue & Customs." in run("hold", made, "GRACE@hmrc.example")
    (row,) = json.loads(run("list", "--json"))
    assert row["holders"][0]["email"] == grace.email
    assert "Grace <grace@hmrc.example>" in run("list")
    henry = Person.objects.create_user("henry@hmrc.example", name="Henry")
    assert json.loads(run("hold", made, henry.email, "--instead", "--json"))["email"] == henry.email
    (row,) = json.loads(run("list", "--json"))
    assert [one["name"] for one in row["holders"]] == ["Henry"]
    assert "no longer holds" in run("leave", made, henry.email)


def test_what_became_of_an_organisation(made):
    run("organisation", "Border Force")
    told = json.loads(
        run("succeed", "hmrc", "Border Force", "--kind", "renamed", "--on", "2013-04-01", "--reason", "Act.", "--json")
    )
    assert told == [{"predecessor": "hmrc", "successor": "border-force", "kind": "renamed", "on": "2013-04-01"}]
    (row,) = json.loads(run("list", "--json"))
    assert row["followed_by"] == ["border-force"]
    run("organisation", "Navy")
    run("succeed", "navy", "border-force", "--reason", "Act.")
    assert Succession.objects.last().on - timezone.localdate() <= timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("invite", "nowhere", "a@b.example"), "There is no post “nowhere”"),
        (("hold", "hmrc-director-general", "a@b.example"), "Nobody has an account with the address a@b.example"),
        (("post", "Admiralty", "Lord"), "No organisation goes by the name “Admiralty”"),
        (("post", "hmrc", "King", "--role", "king"), "“king” is no role"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(made, words, reason):
    before = Entry.objects.count()
    assert reason in run(*words, code=1)
    assert Entry.objects.count() == before


def test_an_instance_without_posts_says_how_to_make_one():
    assert "There is no post yet" in run("list")
