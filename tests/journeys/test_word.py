"""Word files and clear writing in a real browser: brought, looked at, taken in; waived with a reason; wide and narrow."""

from __future__ import annotations

import pytest
from tests.formats.word_files import body, p, put_in, run, taken_out
from tests.journeys import desks
from tests.journeys.test_round import desk, enter, home  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser]

BACK = body(
    p(run("Vision")),
    p(run("Services that "), taken_out("people"), put_in("everybody"), run(" prefer.")),
    p(run("Costs")),
    p(run("The work is paid for."), mark="ins"),
    p(put_in("Departments will raise awareness of what it costs them.", "Ben")),
    p(run("Somebody else’s sentence, "), taken_out("which stands nowhere"), run(" in this text.")),
)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_returned_document_is_looked_at_and_taken_in(desk, enter, axe, width, tmp_path):  # noqa: F811
    (tmp_path / "back from Health.docx").write_bytes(BACK)
    page = enter("pia", width=width)
    page.goto(f"{desk}/desk/texts/strategy/draft/")
    page.get_by_role("link", name="Word and OpenDocument").click()
    assert desks.faults(page, axe) == []
    page.get_by_role("button", name="Look what is in it").click()
    page.get_by_text("Fill in: The document that came back").first.wait_for()
    page.get_by_label("The document that came back").set_input_files(tmp_path / "back from Health.docx")
    page.get_by_role("button", name="Look what is in it").click()
    page.get_by_text("2 would come in").wait_for()
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("as you say").wait_for()
    assert desks.faults(page, axe) == []
    page.get_by_role("button", name="Take 2 in").click()
    page.get_by_text("2 came in.").wait_for()
    page.get_by_text("2 are here already").first.wait_for()
    assert desks.faults(page, axe) == []
    with page.expect_download() as download:
        page.goto(f"{desk}/desk/texts/strategy/word/")
        page.get_by_role("link", name="The draft, with open suggestions").click()
    assert download.value.suggested_filename == "the-strategy-draft.docx"


@pytest.mark.parametrize("width", [1280, 320])
def test_a_hint_is_read_beside_the_text_and_waived_with_a_reason(desk, enter, axe, width):  # noqa: F811
    page = enter("pia", width=width)
    page.route("**/built/writing*.js", lambda route: route.abort())  # the form is tried, whose saving gives the hints
    page.goto(f"{desk}/desk/texts/strategy/draft/")
    page.get_by_role("link", name="Costs").first.click()
    page.get_by_label("Text", exact=True).fill("Departments will raise awareness of what they offer online.\n")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("1 hint for clearer writing").click()
    page.get_by_text("A promise that cannot be checked").wait_for()
    assert desks.faults(page, axe) == []
    page.get_by_role("link", name="Waive it").click()
    page.get_by_role("button", name="Waive it").click()
    page.get_by_text("Say why this rule is not asked here.").first.wait_for()
    assert desks.faults(page, axe) == []
    page.get_by_label("Why").fill("The date stands in the annex.")
    page.get_by_role("button", name="Waive it").click()
    page.get_by_text("0 hints are open.").wait_for()
    page.get_by_text("The date stands in the annex.").wait_for()
    assert desks.faults(page, axe) == []
    page.get_by_role("button", name="Ask this rule again").click()
    page.get_by_text("1 hint is open.").wait_for()
    page.get_by_role("button", name="Seal it only when no hint is open").click()
    page.goto(f"{desk}/desk/texts/strategy/seal/")
    page.get_by_text("This text is to be clear before it is sealed.").wait_for()
    assert desks.faults(page, axe) == []
