"""A draft in a real browser: ordered by keyboard, written without a script, merged, frozen, sealed and brought back."""

from __future__ import annotations

import pytest
from tests.journeys import desks

pytestmark = [pytest.mark.browser]

OFFICE = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from allauth.account.models import EmailAddress
from penholder.drafting import documents
from penholder.drafting.documents import Draft
from penholder.people.models import Holding, Organisation, Person, Post
at = timezone.now()
body = Organisation.objects.create(key="centre", name="The centre")
post = Post.objects.create(organisation=body, key="centre-pen", title="Strategy editor", role="pen")
for person in ("Pia", "Idris"):
    someone = Person.objects.create_user(f"{person.lower()}@dept.example", "correct horse battery", name=person)
    EmailAddress.objects.create(user=someone, email=someone.email, verified=True, primary=True)
    Holding.objects.create(post=post, person=someone, since=at - timedelta(days=30))
texts = [("vision", "Vision", "## Vision\\n\\nServices that people prefer.\\n"),
         ("costs", "Costs", "## Costs\\n\\nThe work is paid for by each department.\\n\\nIt costs less each year.\\n"),
         ("skills", "Skills", "## Skills\\n\\nEverybody learns.\\n")]
documents.put(key="strategy", kind="strategy", title="The strategy", sections=[Draft(*one) for one in texts])
"""
DRAFT = "/desk/texts/strategy/draft/"
COSTS = "## Costs\n\nThe work is paid for by each department.\n\nIt costs less each year.\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The environment of a home folder with that office in it."""
    told = desks.environment(tmp_path_factory.mktemp("drafts") / "home", PENHOLDER_SECOND_FACTOR="none")
    desks.fill(told, OFFICE)
    return told


@pytest.fixture(scope="module")
def desk(home, catalogues, built):
    """The desk of that home, served."""
    with desks.served(home) as address:
        yield address


@pytest.fixture
def enter(browser, desk):
    """A window of somebody's own, signed in: `enter("pia")`."""
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


def order(page):
    return page.locator("ol.pd-outline .pd-outline__title a").all_inner_texts()


def press(page, name):
    """Go to a button by the tabulator alone, from where the focus is, and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not come to “{name}”")


def test_the_outline_is_put_in_order_by_keyboard_and_what_is_removed_comes_back(enter, desk):
    page = enter("pia", java_script_enabled=True)
    page.goto(f"{desk}/desk/texts/strategy/outline/")
    press(page, "Down: Vision")
    page.wait_for_url("**moved=vision**")
    assert order(page) == ["Costs", "Vision", "Skills"]
    # The focus is where the section went: the next button from there is its own.
    page.wait_for_function("document.querySelector('.pd-outline__moved')")
    assert page.evaluate("document.querySelector(':target').id") == "at-vision"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Up: Vision"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert order(page) == ["Vision", "Costs", "Skills"]
    page.locator("#at-skills").get_by_role("link", name="Move, rename").press("Enter")
    page.get_by_label("Where it is to stand").select_option(label="At the very start")
    with page.expect_navigation():
        page.get_by_role("button", name="Move it there").press("Enter")
    assert order(page) == ["Skills", "Vision", "Costs"]
    page.locator("#at-costs").get_by_role("link", name="Move, rename").press("Enter")
    page.get_by_label("The new section begins with").select_option(label="It costs less each year.")
    page.get_by_label("Title of the new section").fill("Savings")
    with page.expect_navigation():
        page.get_by_role("button", name="Split it").press("Enter")
    assert order(page) == ["Skills", "Vision", "Costs", "Savings"]
    page.locator("#at-savings").get_by_role("link", name="Move, rename").press("Enter")
    with page.expect_navigation():
        page.get_by_role("button", name="Join it to “Costs”").press("Enter")
    assert order(page) == ["Skills", "Vision", "Costs"]
    page.locator("#at-skills").get_by_role("link", name="Move, rename").press("Enter")
    with page.expect_navigation():
        page.get_by_role("button", name="Remove this section").press("Enter")
    assert order(page) == ["Vision", "Costs"]
    with page.expect_navigation():
        page.get_by_role("button", name="Put it back at the end").press("Enter")
    assert order(page) == ["Vision", "Costs", "Skills"]


def test_without_a_script_two_people_write_in_one_section_and_decide_where_they_clash(enter, desk):
    pia = enter("pia", java_script_enabled=False)
    idris = enter("idris", java_script_enabled=False)
    for page in (pia, idris):
        page.goto(f"{desk}{DRAFT}costs/")
    assert "Pia (Pia, Strategy editor, The centre) has this section in hand" in idris.locator("main").inner_text()
    idris.get_by_label("Text").fill(COSTS.replace("less each year", "less every month"))
    idris.get_by_role("button", name="Save").click()
    assert "Saved." in idris.locator("main").inner_text()
    # Another phrase: both stand, and it is said.
    pia.get_by_label("Text").fill(COSTS.replace("each department", "the Treasury"))
    pia.get_by_role("button", name="Preview").click()
    assert pia.locator(".pd-preview").inner_text().startswith("Costs")
    pia.get_by_role("button", name="Save").click()
    assert "their words and yours are both in it" in pia.locator("main").inner_text()
    text = pia.get_by_label("Text").input_value()
    assert text == COSTS.replace("less each year", "less every month").replace("each department", "the Treasury")
    # The same phrase: a person decides.
    idris.goto(f"{desk}{DRAFT}costs/")
    pia.get_by_label("Text").fill(text.replace("every month", "with every release"))
    pia.get_by_role("button", name="Save").click()
    idris.get_by_label("Text").fill(text.replace("every month", "every quarter"))
    idris.get_by_role("button", name="Save").click()
    said = idris.locator("main").inner_text()
    assert "Not saved yet: somebody changed the same words" in said
    assert "quarter" in said
    assert "release" in said
    idris.get_by_label("Take what I write here:").check()
    idris.get_by_label("Your own words for this passage").fill(
        "It costs less with every release, and is counted every quarter."
    )
    idris.get_by_role("button", name="Save it so").click()
    assert "is counted every quarter." in idris.get_by_label("Text").input_value()
    idris.get_by_label("Text").fill(COSTS)
    idris.get_by_role("button", name="Save").click()


def test_what_was_written_while_the_session_ended_comes_back_after_signing_in(enter, desk):
    page = enter("pia", java_script_enabled=False)
    page.goto(f"{desk}{DRAFT}skills/")
    page.get_by_label("Text").fill("## Skills\n\nEverybody learns, and says what.\n")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("E-mail address").fill("pia@dept.example")
    page.get_by_label("Password").fill(desks.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{DRAFT}skills/")
    assert "it is not saved yet" in page.locator("main").inner_text()
    page.get_by_role("button", name="Save").click()
    assert "and says what." in page.get_by_label("Text").input_value()


def test_a_draft_is_sealed_frozen_and_brought_back_while_somebody_writes(enter, desk):
    pia, idris = enter("pia"), enter("idris")
    pia.goto(f"{desk}{DRAFT}")
    pia.get_by_role("link", name="Seal an iteration").click()
    pia.get_by_label("Shared vision: what we want").check()
    pia.get_by_label("Label").fill("Before the board")
    pia.get_by_label("Why it is sealed now").fill("The board reads it on Friday.")
    pia.get_by_role("button", name="Seal it").click()
    assert "Iteration 1 is sealed." in pia.locator("main").inner_text()
    pia.get_by_label("Why; everybody who wants to write").fill("It is with the board.")
    pia.get_by_role("button", name="Freeze the draft").click()
    idris.goto(f"{desk}{DRAFT}vision/")
    assert "It is with the board." in idris.locator("main").inner_text()
    assert idris.get_by_role("button", name="Save").count() == 0
    pia.get_by_label("Why; everybody who wants to write").fill("The board has answered.")
    pia.get_by_role("button", name="Unfreeze the draft").click()
    plain = enter("idris", java_script_enabled=False)
    plain.goto(f"{desk}{DRAFT}vision/")
    plain.get_by_label("Text").fill("## Vision\n\nServices that are cheap.\n")
    plain.get_by_role("button", name="Save").click()
    pia.goto(f"{desk}{DRAFT}")
    pia.get_by_role("link", name="Bring it back").click()
    plain.get_by_label("Text").fill("## Vision\n\nServices that are cheap.\n\nAnd a line more.\n")
    plain.get_by_role("button", name="Save").click()
    pia.get_by_label("Why; those who write").fill("The board wants the old one.")
    pia.get_by_role("button", name="Bring it back").click()
    said = pia.locator("main").inner_text()
    assert "The draft reads as in iteration 1 again." in said
    assert "What others wrote in “Vision” meanwhile is kept." in said
    plain.goto(f"{desk}{DRAFT}vision/")
    text = plain.get_by_label("Text").input_value()
    assert text == "## Vision\n\nServices that people prefer.\n\nAnd a line more.\n"


PAGES = ("begin/", "strategy/draft/", "strategy/draft/costs/", "strategy/outline/", "strategy/outline/costs/",
         "strategy/seal/", "strategy/compare/", "strategy/restore/1/")  # fmt: skip


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_any_page_of_a_draft_and_none_reads_sideways(enter, desk, axe, width):
    page = enter("pia", width)
    found = {}
    for path in PAGES:
        page.goto(f"{desk}/desk/texts/{path}")
        found[path] = desks.faults(page, axe)
    # Where somebody changed the same words: the page with both.
    plain = enter("idris", java_script_enabled=False)
    plain.goto(f"{desk}{DRAFT}costs/")
    base = plain.get_by_label("Text").input_value()
    page.goto(f"{desk}{DRAFT}costs/")
    page.evaluate(
        "text => { document.querySelector('textarea[name=text]').value = text; }", base.replace("less", "half")
    )
    plain.get_by_label("Text").fill(base.replace("less", "nothing"))
    plain.get_by_role("button", name="Save").click()
    page.evaluate("document.querySelector('form.pd-writing').submit()")
    page.wait_for_selector(".pd-clash")
    found["clash"] = desks.faults(page, axe)
    plain.get_by_label("Text").fill(base)
    plain.get_by_role("button", name="Save").click()
    assert {path: faults for path, faults in found.items() if faults} == {}


LATE = """
import django
django.setup()
from django.utils import timezone
from penholder.drafting import asides, drafts
from penholder.drafting.edits import SetText
from penholder.drafting.models import Document
from penholder.people.acting import Acting
from penholder.people.models import Person, Post
by = Acting(Post.objects.get(key="centre-pen"), Person.objects.get(name="Idris"))
document, at = Document.objects.get(key="strategy"), timezone.now()
drafts.change(document_id=document.pk, edits=[SetText("vision", "## Vision\\n\\nNew words.\\n")], by=by, at=at)
text, _ = drafts.load(document)
before, typed = text.state, text.ytext("vision")
typed += "\\nTyped on a train.\\n"
asides.set_aside(document_id=document.pk, update=text.since(before), reasons=["The draft was frozen."], by=by, at=at)
"""


def test_words_that_came_too_late_are_copied_and_put_away(enter, desk, home, axe):
    desks.fill(home, LATE)
    page = enter("pia")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{desk}{DRAFT}")
        assert "Typed on a train." in page.get_by_label("as it was typed, to be copied").input_value()
        assert desks.faults(page, axe) == []
    page.get_by_role("button", name="Put it away").click()
    assert page.get_by_text("It is put away.").is_visible()
    assert page.get_by_label("as it was typed, to be copied").count() == 0
