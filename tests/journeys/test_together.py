"""A change is suggested, accepted in part and read about; a discussion inside a department; on a phone; without scripts."""

from __future__ import annotations

import pytest
from tests.journeys import desks

pytestmark = [pytest.mark.browser]

# The pen team, a Leader with a contributor, another Leader, a sealed strategy that both are asked about.
OFFICE = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from allauth.account.models import EmailAddress
from penholder.agreement import rounds, seating
from penholder.agreement.rules import AskFor
from penholder.drafting import documents, iterations, naming, suggestions
from penholder.drafting.documents import Draft
from penholder.people.acting import Acting
from penholder.people.models import Holding, Organisation, Person, Post
at = timezone.now() - timedelta(days=1)
found = {}
for key, name, title, role, person in (
    ("centre", "The centre", "Strategy editor", "pen", "Pia"), ("health", "Health", "Digital Leader", "leader", "Hanna"),
    ("health", "Health", "Policy adviser", "contributor", "Cleo"), ("home", "Home", "Digital Leader", "leader", "Hugo"),
):
    body, _ = Organisation.objects.get_or_create(key=key, defaults={"name": name})
    post = Post.objects.create(organisation=body, key=f"{key}-{role}", title=title, role=role)
    someone = Person.objects.create_user(f"{person.lower()}@dept.example", "correct horse battery", name=person)
    EmailAddress.objects.create(user=someone, email=someone.email, verified=True, primary=True)
    Holding.objects.create(post=post, person=someone, since=at - timedelta(days=30))
    found[person] = Acting(post, someone)
texts = [("vision", "Vision", "# Vision\\n\\nServices that people prefer.\\n"),
         ("leaders", "Leaders", "# Leaders\\n\\nEvery department has a leader.\\n\\nLeaders meet each week in London.\\n\\n- They publish what they decide.\\n- They answer for it.\\n")]
document = documents.put(key="strategy", kind="strategy", title="The strategy", sections=[Draft(*one) for one in texts])
iteration = iterations.seal(document=document, label="Full text", taken_at=at, at=at).iteration
rounds.open(iteration=iteration, kind="sign-off", by=found["Pia"], at=at, asked=[AskFor(found[who].post) for who in ("Hanna", "Hugo")])
named = naming.names(document)
weekly = next(one for one in named.part("leaders").passages if "each week" in one.block.source)
for who, words in (("Hanna", "every month"), ("Hugo", "every year")):
    suggestions.make(document_id=document.pk, what="replace", section="leaders", passage=weekly.name,
        proposed=f"Leaders meet {words} in London.", weight="b", reason="A week is too short.", at=at,
        by=seating.seat(document, found[who], at=at))
"""
HOME = "/desk/texts/strategy"


@pytest.fixture
def desk(tmp_path, catalogues, built):
    """The desk of that office, served."""
    told = desks.environment(tmp_path / "home", PENHOLDER_SECOND_FACTOR="none")
    desks.fill(told, OFFICE)
    with desks.served(told) as address:
        yield address


@pytest.fixture
def enter(browser, desk):
    """A window of somebody's own, signed in."""
    windows = []

    def enter(name, width=1280, **more):
        windows.append(browser.new_context(viewport={"width": width, "height": 800}, **more))
        page = windows[-1].new_page()
        desks.sign_in(page, desk, name)
        page.wait_for_url("**/desk/")
        return page

    yield enter
    for window in windows:
        window.close()


def test_a_change_is_suggested_on_a_phone_without_scripts_and_accepted_in_part(desk, enter):
    cleo = enter("cleo", width=320, java_script_enabled=False)
    cleo.get_by_role("link", name="The strategy", exact=True).first.click()
    cleo.get_by_role("link", name="Leaders").click()
    cleo.get_by_role("link", name="Suggest a change to passage 2").click()
    cleo.get_by_label("How it should read").fill("Every department has a leader, on its board.")
    cleo.get_by_role("button", name="Send this suggestion").click()
    assert cleo.get_by_role("link", name="Fill in: Why").is_visible()
    assert cleo.get_by_label("How it should read").input_value() == "Every department has a leader, on its board."
    cleo.get_by_label("Why").fill("Without the board nobody listens.")
    cleo.get_by_role("button", name="Send this suggestion").click()
    assert cleo.get_by_text("This is suggestion 3.").is_visible()

    pia = enter("pia")
    pia.goto(f"{desk}{HOME}/suggestions/?fate=open")
    pia.get_by_role("link", name="Suggestion 3").click()
    pia.get_by_text("Accept it in part, in other words").click()
    pia.get_by_label("How the passage shall read").fill("Every department has a leader who sits on its board.")
    pia.get_by_label("Why; its author reads it").fill("It is plainer.")
    pia.get_by_role("button", name="Put these words into the draft").click()
    pia.get_by_text("It is in the draft in your words").wait_for()
    pia.goto(f"{desk}{HOME}/together/leaders/")
    assert pia.get_by_text("Every department has a leader who sits on its board.").is_visible()

    cleo.goto(f"{desk}{HOME}/suggestions/3/")
    assert cleo.get_by_text("It is plainer.").is_visible()
    assert cleo.get_by_text("Accepted in part").first.is_visible()


def test_a_discussion_inside_a_department_is_lodged_by_its_leader(desk, enter):
    cleo, hanna, hugo = enter("cleo"), enter("hanna"), enter("hugo")
    cleo.goto(f"{desk}{HOME}/together/leaders/")
    cleo.get_by_role("link", name="Discuss passage 3").click()
    cleo.get_by_label("What you want to say").fill("@Hanna who pays for London?")
    cleo.get_by_label("Only my own organisation").check()
    cleo.get_by_role("button", name="Say it").click()
    address = cleo.url
    assert hugo.goto(address).status == 404
    hanna.goto(address)
    hanna.get_by_role("button", name="Lodge this discussion").click()
    hanna.get_by_text("The discussion is lodged").wait_for()
    assert hugo.goto(address).status == 200
    hugo.goto(f"{desk}{HOME}/discussions/")
    assert hugo.get_by_text("who pays for London?").is_visible()


def test_a_moment_is_shown_when_the_slider_is_moved_by_keyboard(desk, enter):
    pia = enter("pia")
    pia.goto(f"{desk}{HOME}/timeline/")
    assert pia.get_by_text("Nothing: the draft says the same now.").is_visible()
    pia.get_by_label("Moment, from the first to the last").focus()
    pia.keyboard.press("Home")
    assert pia.get_by_role("button", name="Show this moment").is_visible()


PAGES = (
    "together/", "together/leaders/", "suggestions/", "conflicts/", "suggestions/1/", "suggest/?section=leaders&what=insert",
    "discuss/?section=leaders", "discussions/", "since/", "timeline/?step=1&section=leaders",
)  # fmt: skip


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_reads_sideways(desk, enter, axe, width):
    page = enter("pia", width=width)
    page.goto(f"{desk}{HOME}/discuss/?section=leaders")
    page.get_by_label("What you want to say").fill("@Hanna, is a week too short for everybody?")
    page.get_by_role("button", name="Say it").click()
    told = {}
    for name in (*PAGES, "discussions/1/"):
        page.goto(f"{desk}{HOME}/{name}")
        if found := desks.faults(page, axe):
            told[name] = found
    passage = page.request.get(f"{desk}{HOME}/together/leaders/").text().split('id="p-')[3].split('"')[0]
    for what in ("replace", "delete", "move"):
        page.goto(f"{desk}{HOME}/suggest/?passage=p-{passage}&what={what}")
        if found := desks.faults(page, axe):
            told[what] = found
    assert told == {}
