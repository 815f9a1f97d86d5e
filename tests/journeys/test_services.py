"""Pages of services in a real browser: with axe, wide and narrow, without a script, on paper; and whether they are HTML."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from tests import homes
from tests.journeys.conftest import ASSETS, ROOT, served
from tests.journeys.test_accessibility import RULES, RUN_AXE, TOO_WIDE

pytestmark = [pytest.mark.browser]

PUBLISH = """
import django
django.setup()
from datetime import UTC, date, datetime
from django.conf import settings
from tests.services.conftest import Ministry
from tests.measure.intake.test_sealing import DRAWN, send, step
from penholder.measure.intake import drawings, sealing
from penholder.publishing import sites
from penholder.services import publications
from penholder.services.periods import parse
at = datetime(2026, 11, 20, 12, tzinfo=UTC)
ministry = Ministry()
for number in range(104):
    ministry.service(f"permit-{number:03}", "digital", "assisted-digital", "phone", body="interior" if number % 3 else "transport")
    for year, quarter in ((2025, 3), (2025, 4), (2026, 2), (2026, 3)):
        count = 1000 * (number + 1)
        ministry.submit(f"permit-{number:03}", f"{year}-Q{quarter}", published=True, transactions=count,
                        digital__transactions=count * quarter // 5, assisted_digital__transactions=count // 50,
                        phone__transactions=count // 10, started=count, completed=count * (5 + quarter) // 9)
ministry.submit("permit-007", "2026-Q3", published=True, transactions=7999, reason="It was counted again.")
settings.PENHOLDER_EVENTS.mkdir()
drawings.write(settings.PENHOLDER_EVENTS, [DRAWN])
ministry.service("permits")
told = [step(3 * attempt + place, name, f"attempt-{attempt:02}", f"2026-09-24T10:{place:02}:00Z")
        for attempt in range(40) for place, name in enumerate(("start", "about-you", "done")[: 2 + (attempt > 9)])]
send(settings.PENHOLDER_EVENTS, *told)
sealing.seal(settings.PENHOLDER_EVENTS, at=at)
ministry.service("museums", "digital", body="culture")
ministry.submit("museums", "2026-Q3", started=90, completed=60, transactions=60)
period = {"organisation": ministry.body("culture"), "span": parse("2026-Q3")}
row = publications.freeze(**period, by=None, at=at)
for flag in row.flags.all():
    publications.answer(flag_id=flag.pk, reason="Not collected.", by=None, at=at)
publications.check(publication_id=row.pk, by=None, at=at)
publications.sign(publication_id=row.pk, seal=row.seal, by=ministry.acting("lena", body="culture"), at=at)
publications.publish(publication_id=row.pk, by=ministry.acting("lena", body="culture"), at=at)
sites.build(at=at.replace(year=2027))
"""
TYPES = {
    "overview": "/services/",
    "order": "/services/by-volume/",
    "second page of an order": "/services/by-volume/2/",
    "department": "/services/of/interior/",
    "service": "/services/permit-007/",
    "journey": "/services/permits/",
    "changed": "/services/changed/",
    "definitions": "/services/definitions/",
    "publication": "/services/publications/culture-2026-q3-1/",
    "days": "/services/published/",
    "service in Welsh": "/cy/services/permit-007/",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, catalogues, built):
    home = homes.begin(tmp_path_factory.mktemp("services"))
    environment = {
        **os.environ,
        "PENHOLDER_HOME": str(home),
        "PENHOLDER_LANGUAGES": "en,cy",
        "DJANGO_SETTINGS_MODULE": "penholder.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    done = subprocess.run([sys.executable, "-c", PUBLISH], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return (home / "public" / "current").resolve()


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as address:
        yield address


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("kind", TYPES)
def test_axe_finds_nothing_and_nothing_reads_sideways(kind, width, address, browser, axe):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(address + TYPES[kind])
    page.evaluate("document.querySelectorAll('main details').forEach(drawer => { drawer.open = true; })")
    page.evaluate(axe)
    found = page.evaluate(RUN_AXE, RULES)["violations"]
    assert [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}" for one in found] == []
    assert page.evaluate(TOO_WIDE) == []
    assert problems == []
    context.close()


def test_services_are_sorted_and_read_without_a_script(address, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/services/by-name/")
    assert not page.locator("form[data-rows]").is_visible()
    page.get_by_role("link", name="Transactions", exact=True).first.click()
    page.wait_for_url("**/services/by-volume/")
    rows = page.locator("tbody tr")
    assert rows.count() == 100
    assert "Permit 103" in rows.first.inner_text()
    rows.first.get_by_role("link").first.click()
    page.wait_for_url("**/services/permit-103/")
    assert page.locator("svg.chart-over-time").first.is_visible()
    page.get_by_text("Table, definition and sources: completion rate").click()
    assert page.get_by_role("rowheader", name="July 2026 to September 2026").first.is_visible()
    context.close()


def test_a_list_is_narrowed_by_words_and_says_how_much_is_left(address, page):
    page.goto(f"{address}/services/by-name/")
    page.get_by_label("Show only those on this page with").fill("permit 02")
    assert page.locator("#services tbody tr:visible").count() == 10
    assert page.locator("output").inner_text() == "Services shown: 10."


def test_paper_gets_the_figures_and_nothing_to_press(address, page):
    page.goto(f"{address}/services/permit-007/")
    page.emulate_media(media="print")
    assert not page.locator(".ph-downloads").first.is_visible()
    assert page.locator("svg.chart-over-time").first.is_visible()
    page.goto(f"{address}/services/by-volume/")
    assert not page.locator(".ph-chips").first.is_visible()


def test_every_page_of_services_is_light(folder):
    """Without style sheet and script, which every page shares."""
    heavy = {
        str(file.relative_to(folder)): size
        for file in folder.glob("services/**/index.html")
        if (size := file.with_name("index.html.gz").stat().st_size) > 25_000
    }
    assert heavy == {}


def test_every_link_between_pages_of_services_leads_somewhere(folder):
    lost = set()
    for file in folder.glob("services/**/index.html"):
        for link in re.findall(r'href="(/[^"#]*)', file.read_text(encoding="utf-8")):
            # A page as of a day is drawn when it is asked for; that it is a page stands in its address.
            asked = re.fullmatch(r"/as-published/\?page=(/[^&]*)&amp;on=\d{4}-\d\d-\d\d", link)
            there = folder / (asked[1] if asked else link).lstrip("/")
            if not (there / "index.html").is_file() and not there.is_file():
                lost.add(link)
    assert lost == set()


def test_the_validator_finds_no_errors(folder):
    java = os.environ.get("PENHOLDER_JAVA") or shutil.which("java")
    jar = ASSETS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not java or not jar.is_file():
        pytest.skip("the Nu validator needs Java and the package vnu-jar")
    files = [str(folder / path.strip("/") / "index.html") for path in TYPES.values()]
    command = [java, "-Xss8m", "-jar", str(jar), "--errors-only", "--format", "json", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [
        f"{one['url'][-60:]}: {one['message']} {one.get('extract', '')}" for one in json.loads(done.stderr)["messages"]
    ]
    assert told == []
