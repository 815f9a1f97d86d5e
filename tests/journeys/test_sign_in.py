"""Sign-in in a real browser, against a server that runs: passkeys by a virtual device, a provider of single sign-on next to
it, and every page of the account and of people, wide and narrow."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest
from tests.journeys import desks
from tests.journeys.desks import PASSWORD, faults, sign_in

pytestmark = [pytest.mark.browser]

PEOPLE = """
import django
django.setup()
from django.utils import timezone
from allauth.account.models import EmailAddress
from penholder.people.models import Holding, Organisation, Person, Post
office = Organisation.objects.create(key="cabinet-office", name="Cabinet Office", acronym="CO")
ministry = Organisation.objects.create(key="hmrc", name="HM Revenue & Customs", acronym="HMRC")
Organisation.objects.create(key="voa", name="Valuation Office Agency", acronym="VOA", parent=ministry)
pen = Post.objects.create(organisation=office, key="pen", title="Head of the pen team", role="pen")
chair = Post.objects.create(organisation=office, key="chair", title="Chair of the Digital Leaders Network", role="chair")
leader = Post.objects.create(organisation=ministry, key="leader", title="Director General, Personal Tax", role="leader")
for name, posts in {"Ada": [pen], "Olive": [pen, chair], "Grace": [leader], "Iris": [leader], "Kay": [chair]}.items():
    person = Person.objects.create_user(f"{name.lower()}@dept.example", "correct horse battery", name=name)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    for post in posts:
        Holding.objects.create(post=post, person=person, since=timezone.now())
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def provider():
    """A provider that knows Iris."""
    port = free_port()
    user = json.dumps({"sub": "iris-at-work", "email": "iris@dept.example", "email_verified": True})
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--user-claims", user],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, catalogues, built, provider):
    """A desk that runs; nothing is published there."""
    told = desks.environment(
        tmp_path_factory.mktemp("home"),
        PENHOLDER_LANGUAGES="en,cy",
        PENHOLDER_SECOND_FACTOR="",
        PENHOLDER_OIDC_ISSUER=provider,
        PENHOLDER_OIDC_CLIENT="penholder",
        PENHOLDER_OIDC_SECRET="secret",
        PENHOLDER_OIDC_NAME="the department",
    )
    desks.fill(told, PEOPLE)
    with desks.served(told) as address:
        yield address


def device(page):
    """A telephone that keeps passkeys and is always unlocked, as chromium's own tests have it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def test_who_lets_others_in_adds_a_passkey_and_signs_in_with_it_alone(desk, page):
    session, telephone = device(page)
    sign_in(page, desk, "ada")
    page.wait_for_url("**/account/second-factor/")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill("Telephone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".pd-codes li").count() == 10
    (kept,) = session.send("WebAuthn.getCredentials", {"authenticatorId": telephone})["credentials"]
    assert kept["rpId"] == "localhost"
    assert kept["isResidentCredential"]
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/")
    assert page.get_by_text("You are Ada.").is_visible()
    page.goto(f"{desk}/account/")
    assert page.get_by_text("Telephone", exact=False).first.is_visible()
    page.get_by_role("link", name="Rename Telephone").click()
    page.get_by_label("Name of this passkey").fill("Work telephone")
    page.get_by_role("button", name="Save the name").click()
    assert page.get_by_text("Work telephone", exact=False).first.is_visible()

    page.get_by_role("button", name="Sign out").click()
    sign_in(page, desk, "ada")
    page.wait_for_url("**/2fa/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/")


def test_a_device_that_does_not_know_the_person_opens_nothing(desk, page):
    session, telephone = device(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": telephone, "isUserVerified": False})
    page.goto(f"{desk}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey was not used.").wait_for()
    page.goto(f"{desk}/desk/")
    assert "/account/login/" in page.url


def test_without_javascript_everything_is_there_but_passkeys(desk, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk}/account/login/")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    sign_in(page, desk, "kay")
    page.wait_for_url("**/account/second-factor/")
    page.get_by_role("button", name="Add a passkey").click()
    assert page.get_by_text("This browser cannot make a passkey").is_visible()
    page.get_by_role("link", name="Add an app for codes instead").click()
    assert page.locator("img.pd-code").evaluate("picture => picture.naturalWidth") > 0
    context.close()


def test_single_sign_on_goes_there_and_back(desk, page):
    page.goto(f"{desk}/desk/people/")
    page.get_by_role("button", name="Sign in with the department").click()
    page.locator("input[name=sub]").fill("iris-at-work")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url("**/desk/people/")
    assert page.get_by_text("You are Iris.").is_visible()


def test_by_keyboard_alone_a_wrong_password_is_found_and_put_right(desk, page):
    page.goto(f"{desk}/account/login/")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("grace@dept.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Fill in: Password").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "password"
    assert page.locator("[name=password]").get_attribute("aria-invalid") == "true"
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")


OPEN = ("/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/done/",
        "/account/3rdparty/login/cancelled/", "/desk/nothing/here/")  # fmt: skip
MINE = ("/desk/", "/desk/people/", "/desk/people/posts/pen/", "/desk/people/organisations/hmrc/", "/desk/permissions/", "/desk/delegations/", "/account/",
        "/account/sessions/", "/account/password/change/", "/account/2fa/webauthn/add/", "/account/2fa/totp/activate/",
        "/account/2fa/recovery-codes/generate/", "/account/3rdparty/", "/account/reauthenticate/", "/account/logout/")  # fmt: skip


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_axe_finds_nothing_on_any_page_and_nothing_reads_sideways(desk, browser, axe, width, language):
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=f"{language}-GB")
    page = context.new_page()
    problems = []
    page.on(
        "console",
        lambda message: (
            problems.append(message.text) if message.type == "error" and "404" not in message.text else None
        ),
    )
    found = {}
    for address in OPEN:
        page.goto(desk + address)
        assert page.locator("html").get_attribute("lang") == language
        found[address] = faults(page, axe)
    page.goto(f"{desk}/account/login/")
    page.locator("form.pd-form button").click()
    found["sign-in with faults"] = faults(page, axe)
    page.locator("[name=login]").fill("grace@dept.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form.pd-form button").click()
    page.wait_for_url("**/desk/")
    for address in MINE:
        page.goto(desk + address)
        found[address] = faults(page, axe)
    page.goto(f"{desk}/desk/people/posts/pen/")
    page.evaluate(
        """() => { const form = document.querySelector('form[action="/account/logout/"]'); form.action = '/desk/act-as/'; form.submit(); }"""
    )
    page.wait_for_url("**/desk/act-as/")
    found["refused"] = faults(page, axe)
    assert {address: told for address, told in found.items() if told} == {}
    assert [words for words in problems if "409" not in words] == []
    context.close()


def test_pages_for_who_may_do_more_are_also_without_fault(desk, browser, axe):
    context = browser.new_context(viewport={"width": 320, "height": 900})
    page = context.new_page()
    device(page)
    sign_in(page, desk, "olive")
    page.wait_for_url("**/account/second-factor/")
    found = {"second factor": faults(page, axe)}
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/recovery-codes/")
    found["codes"] = faults(page, axe)
    for address in (
        "/desk/people/",
        "/desk/people/posts/leader/",
        "/desk/people/organisations/hmrc/",
        "/account/",
        "/account/2fa/reauthenticate/",
    ):
        page.goto(desk + address)
        found[address] = faults(page, axe)
    page.goto(f"{desk}/desk/people/posts/leader/")
    page.get_by_label("E-mail address").fill("henry@hmrc.example")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("The invitation is on its way to henry@hmrc.example.").wait_for()
    found["invited"] = faults(page, axe)
    page.get_by_label("You act as").select_option("chair")
    page.get_by_role("button", name="Switch").click()
    page.get_by_text("You act as Chair of the Digital Leaders Network, Cabinet Office now.").wait_for()
    found["switched"] = faults(page, axe)
    assert {address: told for address, told in found.items() if told} == {}
    context.close()
