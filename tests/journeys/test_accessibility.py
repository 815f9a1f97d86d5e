"""Every type of page, wide and narrow, with axe; then what axe cannot see: sideways scrolling, keyboard, print."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser]

TYPES = (
    "front",
    "strategy",
    "paper",
    "editions",
    "edition",
    "actions",
    "action",
    "departments",
    "department with history",
    "silent department",
    "department then",
    "coverage",
    "changes",
    "comparison",
    "removed passage",
    "help",
    "accessibility",
    "missing",
    "front in Welsh",
    "coverage in Welsh",
    "action in Welsh",
)

# All of WCAG 2.2 to AA, and axe's own good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"

# Elements that reach past the right edge, except inside frames that scroll on their own.
TOO_WIDE = """() => {
  if (document.documentElement.scrollWidth <= window.innerWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
    .filter(e => !e.closest('[tabindex="0"]'))
    .map(e => e.outerHTML.slice(0, 120));
}"""


@pytest.fixture(scope="module", params=[1280, 320], ids=["wide", "narrow"])
def window(request, browser):
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    yield context.new_page()
    context.close()


def test_every_type_of_page_is_looked_at(pages):
    assert tuple(pages) == TYPES


@pytest.mark.parametrize("kind", TYPES)
def test_axe_finds_nothing_and_nothing_reads_sideways(kind, pages, address, window, axe):
    problems = []
    window.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: problems.append(str(error)))
    window.goto(address + pages[kind])
    window.evaluate("document.querySelectorAll('main details').forEach(drawer => { drawer.open = true; })")
    window.evaluate(axe)
    found = window.evaluate(RUN_AXE, RULES)["violations"]
    told = [f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:4]]}" for one in found]
    assert told == []
    assert window.evaluate(TOO_WIDE) == []
    assert problems == []


@pytest.mark.parametrize("kind", TYPES)
def test_every_page_has_its_landmarks_and_one_title(kind, pages, address, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + pages[kind])
    for landmark in ("header", "main#main", "footer", "nav[aria-label]"):
        assert page.locator(landmark).count() >= 1, landmark
    assert page.locator("h1").count() == 1
    assert page.locator("h1").is_visible()
    assert page.title().strip()
    for name in ('meta[name="description"]', 'link[rel="canonical"]', 'meta[property="og:title"]'):
        assert page.locator(name).count() == 1, name
    assert page.locator("script:not([src]), style, [style], [onclick]").count() == 0
    context.close()


def focused(page) -> str:
    return page.evaluate("document.activeElement.outerHTML")


def test_the_first_key_offers_a_way_past_the_menu(page, address):
    page.goto(f"{address}/strategy/")
    page.keyboard.press("Tab")
    skip = page.locator(".govuk-skip-link")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["width"] > 50
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_contents_lead_to_a_section_and_mark_it(page, address):
    page.goto(f"{address}/strategy/")
    link = page.locator(".ph-contents--beside a").nth(5)
    link.focus()
    page.keyboard.press("Enter")
    target = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert page.locator(f"[id='{target}']").is_visible()
    page.wait_for_function("document.querySelector('.ph-contents--beside [aria-current]')")
    marked = page.locator(".ph-contents--beside [aria-current]")
    assert marked.count() == 1
    assert marked.get_attribute("href") == f"#{target}"


def test_on_a_phone_the_contents_are_in_a_drawer_that_closes_behind_its_reader(browser, address):
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{address}/strategy/")
    assert not page.locator(".ph-contents--beside").is_visible()
    drawer = page.locator(".ph-contents--drawer")
    drawer.locator("summary").focus()
    page.keyboard.press("Enter")
    drawer.locator("a").nth(3).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.length > 1")
    page.wait_for_function("!document.querySelector('.ph-contents--drawer').open")
    context.close()


def test_a_heading_gives_its_lasting_address_by_keyboard(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, permissions=["clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/strategy/")
    link = page.locator(".ph-here a").first
    assert link.get_attribute("aria-label").startswith("Link to “")
    link.focus()
    lasting = link.get_attribute("href")
    passage = lasting.split("/")[2]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/strategy/#{passage}")
    context.close()


def test_links_to_every_passage_are_shown_only_to_those_who_ask(page, address):
    page.goto(f"{address}/strategy/")
    assert page.locator(".ph-passage-link").count() == 0
    button = page.get_by_role("button", name="Show a link at every passage")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    link = page.locator(".ph-passage-link").first
    assert "Link to the passage “" in link.get_attribute("aria-label")
    assert link.get_attribute("href").startswith("/passages/p-")
    page.keyboard.press("Enter")
    assert page.locator(".ph-passage-link").count() == 0


def test_the_table_of_a_chart_is_one_press_away(page, address):
    page.goto(f"{address}/strategy/")
    chart = page.locator("figure.chart").first
    assert chart.locator("svg[role=img]").is_visible()
    assert not chart.locator("table").is_visible()
    chart.locator("summary").focus()
    page.keyboard.press("Enter")
    chart.locator("table").wait_for(state="visible")
    chart.locator("svg[role=img]").wait_for(state="hidden")
    page.keyboard.press("Enter")
    chart.locator("svg[role=img]").wait_for(state="visible")


def test_the_table_of_a_chart_needs_no_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/strategy/")
    chart = page.locator("figure.chart").first
    chart.locator("summary").click()
    assert chart.locator("table").is_visible()
    assert chart.locator("svg[role=img]").is_visible()
    context.close()


def test_the_matrix_shows_only_what_is_asked_for_and_says_how_much(page, address):
    page.goto(f"{address}/coverage/")
    page.get_by_label("Show only").select_option("silent")
    silent = page.locator('td[data-state="silent"]')
    assert page.locator("tbody tr:visible").count() == 1
    assert page.locator("output").inner_text() == f"Answers shown: {silent.count()}. Departments: 1."
    page.get_by_label("Show only").select_option("")
    assert page.locator("tbody tr:visible").count() == 18


def test_the_matrix_scrolls_by_keyboard_where_it_does_not_fit(browser, address):
    context = browser.new_context(viewport={"width": 800, "height": 700})
    page = context.new_page()
    page.goto(f"{address}/coverage/")
    frame = page.get_by_role("region", name="Departments by actions. Each shape links to the answer.")
    if frame.evaluate("frame => frame.scrollWidth > frame.clientWidth"):
        frame.focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('.ph-matrix-frame').scrollLeft > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 800
    context.close()


def test_the_matrix_reads_as_small_boards_on_a_phone(browser, address):
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{address}/coverage/")
    first = page.locator("tbody tr").first.locator('td:not([data-state="not-asked"])').first
    words = first.inner_text()
    assert words.strip().startswith("01")
    assert ":" in words
    context.close()


def test_paper_gets_the_text_and_nothing_to_press(page, address):
    page.goto(f"{address}/strategy/")
    page.emulate_media(media="print")
    for hidden in (".ph-nav", ".ph-contents--beside", ".ph-tools", ".ph-here"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator(".ph-prose").first.is_visible()
    assert page.locator(".ph-seal").first.is_visible()
    assert page.pdf()[:5] == b"%PDF-"


def test_a_moved_reader_finds_the_same_page_in_the_other_language(page, address):
    page.goto(f"{address}/actions/02/")
    page.get_by_role("link", name="Cymraeg").click()
    page.wait_for_url("**/cy/actions/02/")
    assert page.evaluate("document.documentElement.lang") == "cy"
    assert page.locator("h1").get_attribute("lang") == "en"
    assert page.get_by_role("link", name="Neidio i’r prif gynnwys").count() == 1
