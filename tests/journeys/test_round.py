"""A round in a real browser, from its opening to the publication of the text, by five roles; and one answer on a phone."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.journeys import desks

pytestmark = [pytest.mark.browser]

# Two Leaders, the pen team, the chair and a minister, and one sealed report.
OFFICE = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from allauth.account.models import EmailAddress
from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
from penholder.errors import Missing
from penholder.people import organisations, posts
from penholder.people.models import Person
at = timezone.now()
for key, name, title, role, person in (
    ("centre", "The centre", "Strategy editor", "pen", "Pia"), ("cabinet", "The cabinet", "Chair", "chair", "Carl"),
    ("health", "Health", "Digital Leader", "leader", "Hanna"), ("home", "Home", "Digital Leader", "leader", "Hugo"),
    ("cabinet", "The cabinet", "Minister", "minister", "Mina"),
):
    try:
        body = organisations.find(key)
    except Missing:
        (body,) = organisations.put_all([organisations.Named(key, name)], at=at)[0].values()
    post = posts.make(organisation=body, key=f"{key}-{role}", title=title, role=role, by=None, at=at)
    someone = Person.objects.create_user(f"{person.lower()}@dept.example", "correct horse battery", name=person)
    EmailAddress.objects.create(user=someone, email=someone.email, verified=True, primary=True)
    posts.hold(post=post, person=someone, by=None, at=at - timedelta(days=30))
texts = [("vision", "Vision", "# Vision\\n\\nServices that people prefer.\\n"),
         ("costs", "Costs", "# Costs\\n\\nThe work is paid for.\\n")]
document = documents.put(key="strategy", kind="strategy", title="The strategy", sections=[Draft(*one) for one in texts])
iterations.seal(document=document, label="Full text", taken_at=at, at=at)
"""


@pytest.fixture
def home(tmp_path):
    """The environment of a home folder with that office in it."""
    told = desks.environment(tmp_path / "home", PENHOLDER_SECOND_FACTOR="none")
    desks.fill(told, OFFICE)
    return told


@pytest.fixture
def desk(home, catalogues, built):
    """The desk of that home, served."""
    with desks.served(home) as address:
        yield address


@pytest.fixture
def enter(browser, desk):
    """A window of somebody's own, signed in: `enter("pia")`."""
    windows = []

    def enter(name, width=1280):
        windows.append(browser.new_context(viewport={"width": width, "height": 800}))
        windows[-1].set_default_timeout(120_000)  # the first page of a server that has just begun, on a busy machine
        page = windows[-1].new_page()
        desks.sign_in(page, desk, name)
        page.wait_for_url("**/desk/")
        return page

    yield enter
    for window in windows:
        window.close()


def penholder(home, *words):
    done = subprocess.run(
        [sys.executable, "-c", "from penholder.cli import main; main()", *words],
        env=home,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def open_round(page, desk, kind, *posts):
    page.goto(f"{desk}/desk/texts/")
    page.get_by_role("link", name="Open a round").click()
    page.get_by_label(kind, exact=True).check()
    for post in posts:
        page.get_by_label(post, exact=True).check()
    page.get_by_role("button", name="Check what you chose").click()
    page.get_by_role("button", name="Open the round").click()
    page.get_by_text("The round is open.").wait_for()


def answer(page, desk, stance):
    page.goto(f"{desk}/desk/")
    page.locator(".pd-task a").first.click()
    page.get_by_label(stance, exact=True).check()
    page.get_by_role("button", name="Give this answer").click()
    page.get_by_text("Your answer so far:").wait_for()


def clear(page, desk, key):
    page.goto(f"{desk}/desk/rounds/{key}/")
    page.get_by_role("button", name="Clear this text").click()
    page.get_by_text("The text is cleared").first.wait_for()


def test_a_text_goes_from_its_opening_to_publication_by_five_roles(home, desk, enter):
    pia, carl, hanna, hugo, mina = (enter(name) for name in ("pia", "carl", "hanna", "hugo", "mina"))
    open_round(pia, desk, "Sign-off", "Digital Leader, Health", "Digital Leader, Home")

    hanna.goto(f"{desk}/desk/")
    hanna.locator(".pd-task a").first.click()
    hanna.get_by_label("Content if", exact=True).check()
    hanna.get_by_text("Add conditions or remarks").click()
    hanna.get_by_label("Remark 1 (optional)", exact=True).fill("Say who pays.")
    hanna.get_by_label("How much hangs on remark 1 (optional)").select_option("a")
    hanna.get_by_label("What remark 1 is about (optional)").select_option("costs")
    hanna.get_by_role("button", name="Give this answer").click()
    hanna.get_by_text("Your answer so far:").wait_for()
    answer(hugo, desk, "Content")

    carl.goto(f"{desk}/desk/rounds/strategy-1-sign-off/")
    assert carl.get_by_text("Condition 1 of Digital Leader, Health is not settled.").is_visible()
    assert carl.get_by_role("button", name="Clear this text").count() == 0
    code, said = penholder(home, "publish", "strategy:1")
    assert (code, "Sign-off: strategy-1-sign-off is not cleared" in said) == (1, True), said

    remarks = f"{desk}/desk/rounds/strategy-1-sign-off/remarks/"
    pia.goto(remarks)
    pia.get_by_text("Decide about remark 1").click()
    pia.get_by_label("Accepted", exact=True).check()
    pia.get_by_label("Why; its signer and everybody who is asked will read it").fill("Each department pays its own.")
    pia.get_by_role("button", name="Decide so").click()
    pia.get_by_text("The decision stands beside the remark").wait_for()
    pia.get_by_text("Decide about remark 1").click()
    pia.get_by_role("button", name="Tell its signer that condition 1 is met").click()
    pia.get_by_text("Its signer is told.").wait_for()
    hanna.goto(remarks)
    hanna.get_by_role("button", name="Condition 1 is met: settle it").click()
    hanna.get_by_text("The condition is settled.").wait_for()

    clear(carl, desk, "strategy-1-sign-off")
    open_round(pia, desk, "Approval", "Minister, The cabinet")
    answer(mina, desk, "Content")
    clear(carl, desk, "strategy-1-approval")
    pia.goto(f"{desk}/desk/rounds/strategy-1-approval/")
    pia.get_by_role("link", name="Publish, schedule or withdraw").click()
    pia.get_by_role("button", name="Check before you publish").click()
    pia.get_by_role("button", name="Publish now").click()
    pia.get_by_role("heading", name="Edition 1").wait_for()
    code, said = penholder(home, "work", "--once")
    assert code == 0, said
    pia.goto(f"{desk}/strategy/")
    assert pia.get_by_text("Services that people prefer.").is_visible()
    code, said = penholder(home, "verify", "--all")
    assert (code, "All of it holds." in said) == (0, True), said


def test_a_text_is_signed_on_a_phone_by_keyboard_alone(desk, enter):
    open_round(enter("pia"), desk, "Sign-off", "Digital Leader, Health")
    phone = enter("hanna", width=320)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320

    def tab_to(words, presses=60):
        for _ in range(presses):
            phone.keyboard.press("Tab")
            reached = phone.evaluate(
                "(document.activeElement.labels?.[0] ?? document.activeElement).innerText?.trim() ?? ''"
            )
            if reached == words:
                return
        raise AssertionError(f"“{words}” is not reached by the Tab key")

    tab_to("The strategy")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/desk/answers/*/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    tab_to("Go to your answer")
    phone.keyboard.press("Enter")
    tab_to("Content")
    phone.keyboard.press("Space")
    tab_to("Give this answer")
    phone.keyboard.press("Enter")
    phone.get_by_text("Your answer so far:").wait_for()


def test_a_form_for_a_text_that_changed_is_refused_with_the_change(home, desk, enter):
    pia, hanna = enter("pia"), enter("hanna")
    open_round(pia, desk, "Sign-off", "Digital Leader, Health")
    hanna.goto(f"{desk}/desk/")
    hanna.locator(".pd-task a").first.click()
    hanna.get_by_label("Content", exact=True).check()
    desks.fill(home, CHANGED)
    pia.goto(f"{desk}/desk/rounds/strategy-1-sign-off/run/")
    pia.get_by_role("button", name="Go on with iteration 2").click()
    pia.wait_for_url("**/desk/rounds/strategy-2-sign-off/")
    hanna.get_by_role("button", name="Give this answer").click()
    hanna.get_by_text("Your answer was not taken").wait_for()
    assert hanna.get_by_text("The text changed: iteration 1 became 2").is_visible()
    assert "nobody" in hanna.locator(".ph-changed").first.inner_text()
    hanna.get_by_role("link", name="Read and answer for the new text").click()
    hanna.get_by_label("Content", exact=True).check()
    hanna.get_by_role("button", name="Give this answer").click()
    hanna.get_by_text("Your answer so far:").wait_for()


def suggest_by_link(phone, axe) -> None:
    """Other words for a passage, from the page that a link opens."""
    phone.get_by_role("link", name="Suggest other words for a passage").click()
    phone.get_by_role("link", name="Vision").click()
    phone.get_by_text("Choose the passage.").wait_for()
    assert desks.faults(phone, axe) == []
    phone.get_by_role("link", name="Suggest a change to passage 2").click()
    phone.get_by_label("How it should read").fill("Services that people like better.")
    phone.get_by_role("button", name="Show the change first").click()
    phone.get_by_role("heading", name="What you suggest").wait_for()
    assert desks.faults(phone, axe) == []
    phone.get_by_label("Why").fill("It is plainer.")
    phone.get_by_role("button", name="Send this suggestion").click()
    phone.get_by_text("This is suggestion 1.").wait_for()
    assert desks.faults(phone, axe) == []


def test_an_office_answers_by_a_link_on_a_phone_without_an_account(desk, enter, browser, axe):
    pia = enter("pia")
    open_round(pia, desk, "Feedback", "Minister, The cabinet")
    pia.goto(f"{desk}/desk/rounds/strategy-1-feedback/run/")
    pia.get_by_role("link", name="Minister, The cabinet").click()
    pia.get_by_label("E-mail address of the office").fill("office@cabinet.example")
    pia.get_by_role("button", name="Make a link").click()
    link = pia.locator(".pd-token").inner_text()
    pia.reload()  # sends the form once more: the address that was told first has ended
    link, ended = pia.locator(".pd-token").inner_text(), link

    context = browser.new_context(viewport={"width": 320, "height": 640})
    context.set_default_timeout(120_000)
    phone = context.new_page()
    phone.goto(ended)
    phone.get_by_text("This link has ended.").wait_for()
    phone.goto(link)
    assert desks.faults(phone, axe) == []
    phone.get_by_label("Your name").fill("Theo Marchmont")
    phone.get_by_role("button", name="Open the text").click()
    phone.get_by_text("Services that people prefer.").wait_for()
    assert desks.faults(phone, axe) == []
    assert phone.get_by_role("link", name="Where this round stands").count() == 0
    suggest_by_link(phone, axe)
    phone.goto(link)
    phone.get_by_label("Content", exact=True).check()
    phone.get_by_role("button", name="Give this answer").click()
    phone.get_by_role("heading", name="Your answer is in the record").wait_for()
    assert phone.get_by_text("Theo Marchmont, for Minister, The cabinet").is_visible()
    assert phone.get_by_text("of the record. Keep this page").is_visible()
    assert desks.faults(phone, axe) == []
    phone.goto(link)
    phone.get_by_text("This link was used").wait_for()
    assert phone.goto(f"{desk}/desk/rounds/strategy-1-feedback/").url.startswith(f"{desk}/account/login/")
    context.close()

    pia.goto(f"{desk}/desk/rounds/strategy-1-feedback/")
    assert pia.get_by_text("by Theo Marchmont").is_visible()


CHANGED = """
import django
django.setup()
from django.utils import timezone
from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
at = timezone.now()
texts = [("vision", "Vision", "# Vision\\n\\nServices that people prefer.\\n"),
         ("costs", "Costs", "# Costs\\n\\nThe work is paid for by nobody.\\n")]
document = documents.put(key="strategy", kind="strategy", title="The strategy", sections=[Draft(*one) for one in texts])
iterations.seal(document=document, label="Changed", taken_at=at, at=at)
"""


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_a_round_pass_axe_and_fit(desk, enter, axe, width):
    page = enter("pia", width=width)
    open_round(page, desk, "Sign-off", "Digital Leader, Health", "Digital Leader, Home")
    for path in ("", "matrix/", "remarks/", "run/", "chase/"):
        page.goto(f"{desk}/desk/rounds/strategy-1-sign-off/{path}")
        assert desks.faults(page, axe) == [], page.url
    for path in ("/desk/texts/", "/desk/texts/strategy/open/"):
        page.goto(desk + path)
        assert desks.faults(page, axe) == [], page.url
