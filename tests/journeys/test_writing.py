"""Writing together in real browsers: what each types reaches the others, and a network that fails loses nothing."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.journeys import desks
from tests.web.live.conftest import (  # noqa: F401 - fixtures
    key,
    lasting_server,
    office,
    parent,
    run,
    server,
)
from tests.web.live.scenes import FREEZE

pytestmark = [pytest.mark.browser]
SLOW_SOCKETS = """if (!sessionStorage.fast) {
  const Fast = WebSocket;
  window.WebSocket = class extends EventTarget {
    constructor(address) {
      super();
      if (window.connected) return new Fast(address);
      const waiting = setInterval(() => {
        if (!window.connected) return;
        clearInterval(waiting);
        this.onclose?.(new CloseEvent("close", {code: 1006}));
      }, 20);
    }
    close() {}
  };
}"""
NO_SOCKETS = "window.WebSocket = class extends EventTarget { constructor() { super(); setTimeout(() => this.onclose?.(new CloseEvent('close', {code: 1006})), 5); } close() {} send() {} };"


@pytest.fixture
def enter(request, browser, server, office, key):  # noqa: F811
    """A window of somebody's own on the section: `enter("Pia")`."""
    request.getfixturevalue("built")
    contexts = []

    def come(name, section="vision", *, sockets=True, width=1280):
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        context.add_cookies([{"name": "session", "value": office.sessions[name], "url": server.address}])
        window = context.new_page()
        window.set_default_timeout(120_000)  # the first to come waits for Django to be loaded
        window.faults = []
        window.on("console", lambda message: message.type == "error" and window.faults.append(message.text))
        window.on("pageerror", lambda problem: window.faults.append(str(problem)))
        if not sockets:
            window.add_init_script(NO_SOCKETS)
        window.goto(f"{server.address}/desk/texts/{key}/draft/{section}/")
        expect(text(window)).to_be_visible(timeout=120_000)
        return window

    yield come
    for context in contexts:
        context.close()


def text(window):
    return window.locator(".pe-editor .cm-content")


SHOWN = """() => [...document.querySelector('.pe-editor').shadowRoot.querySelectorAll('.cm-line')].map(line => {
  const copy = line.cloneNode(true);
  copy.querySelectorAll('.pc-caret').forEach(caret => caret.remove());
  return copy.textContent;
}).join('\\n')"""


def reads(window, words, *, seconds=60):
    """Waits until the text holds these words; cursors of others, which stand in it, are no words."""
    end = time.monotonic() + seconds
    while words not in window.evaluate(SHOWN):
        assert time.monotonic() < end, window.evaluate(SHOWN)
        window.wait_for_timeout(100)


def status(window):
    return window.locator(".pe-status")


def saved(window):
    expect(status(window)).to_have_text(re.compile("^Saved"), timeout=60_000)


def at_start(window):
    text(window).click()
    window.keyboard.press("Control+Home")


def test_two_write_at_once_and_see_each_other(enter, run):  # noqa: F811
    pia, ben = enter("Pia"), enter("Ben")
    at_start(pia)
    pia.keyboard.type("£ ŵ — ", delay=5)
    text(ben).click()
    ben.keyboard.press("Control+End")
    ben.keyboard.type("😀 from Ben", delay=5)
    for window in (pia, ben):
        reads(window, "£ ŵ — # Vision")
        reads(window, "😀 from Ben")
        saved(window)
    expect(pia.locator(".pc-flag")).to_have_text("Ben")
    expect(pia.locator(".pe-people")).to_have_text("Also here: Ben")
    # Undo is one's own.
    pia.bring_to_front()
    text(pia).focus()
    for _ in range(4):
        pia.keyboard.press("Control+z")
    expect(text(ben)).not_to_contain_text("£ ŵ", timeout=60_000)
    reads(ben, "😀 from Ben")
    saved(pia)
    assert "😀 from Ben" in run(
        "from penholder.drafting import drafts\nfrom penholder.drafting.models import Document\nprint(drafts.read(Document.objects.get(key=KEY).pk).section('vision').text)"
    )
    assert pia.faults == ben.faults == []


def test_what_is_written_without_a_connection_is_saved_on_return(enter):
    pia, ben = enter("Pia"), enter("Ben")
    pia.context.set_offline(True)
    expect(status(pia)).to_contain_text("No connection", timeout=60_000)
    at_start(pia)
    pia.keyboard.type("On a train. ")
    expect(status(pia)).to_contain_text("Not saved yet", timeout=60_000)
    pia.context.set_offline(False)
    saved(pia)
    reads(ben, "On a train. # Vision")


def test_a_killed_server_is_said_and_nothing_is_lost(enter, server):  # noqa: F811
    pia = enter("Pia")
    server.kill()
    expect(status(pia)).to_contain_text("No connection", timeout=60_000)
    at_start(pia)
    pia.keyboard.type("Meanwhile. ")
    expect(status(pia)).to_contain_text("Not saved yet", timeout=60_000)
    server.start()
    expect(status(pia)).to_have_text(re.compile("^Saved"), timeout=120_000)
    reads(enter("Ben"), "Meanwhile. # Vision")


def test_what_is_typed_before_the_editor_stands_is_kept_and_saved_by_the_form(enter):
    pia = enter("Pia")
    pia.add_init_script(SLOW_SOCKETS)
    pia.reload()
    area = pia.locator("textarea#text")
    area.fill("Typed on a slow line. " + area.input_value())
    pia.evaluate("window.connected = true")
    expect(pia.locator("#writing")).to_have_attribute("data-state", "form", timeout=60_000)
    expect(area).to_be_visible()
    pia.evaluate("sessionStorage.fast = true")
    pia.get_by_role("button", name="Save").click()
    expect(text(pia)).to_be_visible(timeout=60_000)
    reads(pia, "Typed on a slow line. # Vision")


def test_where_sockets_are_blocked_plain_requests_do_the_same(enter):
    pia, ben = enter("Pia", sockets=False), enter("Ben")
    at_start(pia)
    pia.keyboard.type("By request. ")
    saved(pia)
    reads(ben, "By request. # Vision")
    at_start(ben)
    ben.keyboard.type("By socket. ")
    reads(pia, "By socket. By request.")


def test_a_freeze_in_the_middle_of_a_sentence_is_said(enter, run):  # noqa: F811
    pia = enter("Pia")
    at_start(pia)
    pia.keyboard.type("Before. ")
    saved(pia)
    run(FREEZE)
    expect(status(pia)).to_contain_text("The round is open", timeout=60_000)
    pia.keyboard.type("After. ")
    expect(text(pia)).not_to_contain_text("After.")


def test_the_buttons_write_the_marks(enter):
    pia = enter("Pia", "costs")
    at_start(pia)
    pia.keyboard.press("Control+End")
    for name, written in (
        ("Strong", "**words to be marked**"),
        ("Numbered list", "1. "),
        ("Table", "| Heading | Heading |"),
        ("Footnote", "[^1]: What the note says"),
        ("Figure", ":alt: What the picture shows"),
    ):
        pia.get_by_role("button", name=name, exact=True).click()
        reads(pia, written)
        text(pia).click()
        pia.keyboard.press("Control+End")
        pia.keyboard.press("Enter")
    saved(pia)
    # The preview beside it is what readers will see.
    expect(pia.locator(".pe-preview strong").first).to_have_text("words to be marked", timeout=30_000)
    assert pia.faults == []


def test_the_keyboard_leads_in_and_out(enter):
    pia = enter("Pia")
    text(pia).click()
    pia.keyboard.press("Alt+F10")
    expect(pia.get_by_role("button", name="Heading", exact=True)).to_be_focused()
    pia.keyboard.press("ArrowRight")
    expect(pia.get_by_role("button", name="Subheading")).to_be_focused()
    pia.keyboard.press("Tab")
    expect(text(pia)).to_be_focused()
    pia.keyboard.press("Tab")
    expect(text(pia)).not_to_be_focused()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_editor_is_for_everybody(enter, axe, width, tmp_path):
    pia = enter("Pia", width=width)
    saved(pia)
    pia.wait_for_timeout(1500)
    assert urlsplit(pia.url).path.endswith("/vision/")
    assert desks.faults(pia, axe) == []
