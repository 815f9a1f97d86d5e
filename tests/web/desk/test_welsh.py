"""Whoever reads Welsh finds no English at the desk but in the texts and in what people wrote."""

from __future__ import annotations

import html
import re

import pytest
from django.utils import translation
from tests.agreement.conftest import office, sealed  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import in_september, signed_in  # noqa: F401 - fixtures

from penholder.agreement import delegations, editorials, links, remarks
from penholder.agreement.models import (
    Answer,
    Carry,
    Class,
    How,
    Kind,
    Outcome,
    Remark,
    RemarkState,
    Round,
    Rule,
    Stance,
    State,
)
from penholder.drafting.models import Kind as Documents
from penholder.drafting.models import SealedSection
from penholder.people.models import Organisation, Person, Post, Role
from penholder.publishing import editions
from penholder.publishing.models import Planned
from penholder.services.models import FlagKind
from penholder.web.desk.states import CELLS, OUTCOMES, REMARKS, ROUNDS, STANCES

pytestmark = pytest.mark.django_db

# Words without which no English sentence of this desk gets along, and which are no Welsh ones.
ENGLISH = {
    "the", "of", "and", "with", "not", "was", "are", "you", "your", "this", "that", "which", "who", "has", "have", "been",
    "from", "until", "it", "its", "for", "asked", "answer", "text", "round", "post", "left", "days", "late",
}  # fmt: skip
ENUMS = (Kind, Rule, Carry, State, Stance, How, Class, RemarkState, Outcome, Role, Documents, Planned, FlagKind)


@pytest.fixture
def busy(office, sealed, settings):  # noqa: F811
    """Rounds in progress with something in every state that a page can tell of."""
    settings.PENHOLDER_LANGUAGES = ("en", "cy")
    pen = office.acting("pen")
    office.post("clerk", Role.CONTRIBUTOR, organisation="treasury")
    for name in ("defence", "trade"):
        office.post(name)
    office.open(sealed, "treasury", "health", "home", "defence", "trade", carry="editorial", silence_is_consent=True)
    inside = {"klass": "b", "body": "Between us.", "section": "skills", "by": office.acting("clerk")}
    for _ in range(2):
        remarks.make(asked_id=office.asked("treasury").pk, at=office.later(), **inside)
    office.give("treasury", "content-if", conditions=["Say who pays."])
    one = Remark.objects.get(klass="a")
    remarks.dispose(remark_id=one.pk, outcome="in-part", reason="Partly.", by=pen, at=office.later())
    remarks.claim_met(remark_id=one.pk, by=pen, at=office.later())
    office.give("health", "nil")
    office.give("home", "not-content", reason="No.")
    office.give("defence")
    office.withdraw("defence")
    office.link("trade")
    until = office.round.deadline_at
    delegations.give(
        post=office.posts["trade"], person=office.person("ada"), since=office.at, until=until, round=office.round,
        by=office.acting("trade"), at=office.later(),
    )  # fmt: skip
    newer = office.seal(skills="# Skills\n\nEvery department has the skills it needs!\n")
    editorials.judge(iteration=newer, section="skills", reason="A sign.", since=sealed, by=pen, at=office.later())
    return office


def left_over(page: str, data: list[str]) -> str:
    """What a page says: without markup, without what is marked as English, without what people wrote."""
    main = page.partition("<main")[2].partition("</main>")[0]
    while (
        shorter := re.sub(r'<(\w+)\b[^>]*\blang="en"[^>]*>(?:(?!<\1\b).)*?</\1>', " ", main, flags=re.DOTALL)
    ) != main:
        main = shorter
    told = re.sub(r'\b(?:placeholder|aria-label|data-label|alt|title)="([^"]*)"', r"> \1 <", main)
    told = html.unescape(re.sub(r"<[^>]*>", " ", told))
    for words in sorted(data, key=len, reverse=True):
        told = told.replace(words, " ")
    return " ".join(told.split())


def written() -> list[str]:
    """Every name and word that somebody wrote."""
    people = [str(person) for person in Person.objects.all()] + [person.email for person in Person.objects.all()]
    posts = [words for post in Post.objects.select_related("organisation") for words in (post.words, post.title)]
    bodies = [body.name for body in Organisation.objects.all()]
    texts = [words for row in SealedSection.objects.all() for words in (row.title, row.text.body)]
    said = [*Remark.objects.values_list("body", flat=True), *Answer.objects.values_list("reason", flat=True)]
    keys = [*Round.objects.values_list("key", flat=True), *Post.objects.values_list("key", flat=True)]
    return [*people, *posts, *bodies, *texts, *filter(None, said), *keys, "The strategy", "A sign.", "Partly."]


def labels() -> dict[str, str]:
    """Every label of the domain: its English, and its Welsh."""
    english = {str(one.label) for kind in ENUMS for one in kind}
    english |= {str(one.words) for states in (CELLS, OUTCOMES, REMARKS, ROUNDS, STANCES) for one in states.values()}
    with translation.override("cy"):
        return {words: translation.gettext(words) for words in english}


def english_in(said: str) -> set[str]:
    found = set(re.findall(r"[a-z]+", said.lower())) & ENGLISH
    return found | {label for label in labels() if re.search(rf"(?<![\w’]){re.escape(label)}(?![\w’])", said)}


def test_every_label_of_the_domain_has_its_welsh():
    told = labels()
    assert len(told) > 60
    assert [words for words, welsh in told.items() if words == welsh] == []


@pytest.mark.parametrize("who", ["pen", "chair", "treasury", "clerk", "home", "trade", "minister"])
def test_no_page_of_the_desk_says_in_english_what_welsh_has_words_for(busy, signed_in, who):  # noqa: F811
    client, key, row = signed_in(who), busy.round.key, busy.asked("treasury").pk
    pages = [
        "/desk/", "/desk/texts/", "/desk/texts/strategy/open/", f"/desk/rounds/{key}/", f"/desk/rounds/{key}/chase/",
        f"/desk/rounds/{key}/editorial/", f"/desk/rounds/{key}/matrix/", f"/desk/rounds/{key}/matrix.csv",
        f"/desk/rounds/{key}/remarks/", f"/desk/rounds/{key}/remarks.csv", f"/desk/rounds/{key}/run/",
        f"/desk/answers/{row}/", f"/desk/answers/{row}/inside/?section=skills", f"/desk/answers/{busy.asked('trade').pk}/",
        f"/desk/answers/{busy.asked('trade').pk}/link/", "/desk/delegations/", "/desk/permissions/", "/desk/people/",
        f"/desk/people/posts/{busy.posts['home'].key}/", "/desk/people/organisations/home/", "/desk/texts/strategy/publish/",
    ]  # fmt: skip
    assert english_on(client, pages) == {}


def english_on(client, pages):
    """What is left of English on these pages, by their addresses."""
    data, wrong = written(), {}
    for page in pages:
        answer = client.get(page, HTTP_ACCEPT_LANGUAGE="cy")
        body = answer.content.decode()
        said = left_over(body, data) if "<main" in body else left_over(f"<main>{html.escape(body)}</main>", data)
        if found := english_in(said):
            wrong[page] = (found, said)
    return wrong


@pytest.mark.parametrize("who", ["pen", "treasury"])
def test_no_page_of_a_draft_or_of_figures_does(busy, signed_in, who):  # noqa: F811
    newest = busy.document.iterations.latest("number")
    edition = editions.publish(iteration=newest, agreed_elsewhere=True, at=busy.later())
    of_the_draft = (
        "draft", "outline", "seal", "compare", "together", "suggestions", "since", "timeline", "discussions",
        "conflicts", "clear", "word",
    )  # fmt: skip
    pages = [f"/desk/texts/strategy/{page}/" for page in of_the_draft]
    pages += ["/desk/texts/begin/", f"/desk/editions/{edition.pk}/withdraw/"]
    pages += ["/desk/services/", "/desk/services/publications/"]
    assert english_on(signed_in(who), pages) == {}


def test_who_came_by_a_link_reads_welsh_too(busy):
    from django.test import Client

    token, client = busy.link("trade"), Client(HTTP_ACCEPT_LANGUAGE="cy")
    assert links.open(token, at=busy.at)
    first = client.get(f"/answer/{token}/").content.decode()
    client.post(f"/answer/{token}/", {"name": "Theo"})
    second = client.get(f"/answer/{token}/").content.decode()
    seal = busy.round.iteration.seal
    last = client.post(f"/answer/{token}/", {"stance": "content", "seal": seal}).content.decode()
    data = [*written(), "Theo"]
    assert [english_in(left_over(page, data)) for page in (first, second, last)] == [set(), set(), set()]
