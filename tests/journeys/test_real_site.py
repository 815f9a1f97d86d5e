"""The real strategy of 2012 with its history, published: nothing of its source's markup is left, nothing is lost."""

from __future__ import annotations

import csv
import re
from collections import Counter
from html import unescape

import pytest

pytestmark = [pytest.mark.slow]

MARKUP = ("{:", "{div", "{include", "{{", "&ellipsis;", "^rd^", "{PDF", "{TIMESTAMP", "{pull", "{page-break")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def real(shared, publish, tmp_path_factory):
    return publish(shared / "gds-2012" / "strategy.bundle", tmp_path_factory.mktemp("real"))


def test_no_markup_is_left_as_text(real):
    left = []
    for file in real.rglob("*.html"):
        words = unescape(re.sub(r"<[^>]*>", "", file.read_text(encoding="utf-8")))
        left += [f"{file.relative_to(real)}: {mark}" for mark in MARKUP if mark in words]
    assert left == []


def test_every_department_is_counted_for_every_action_it_was_asked_about(real):
    with (real / "coverage.csv").open(encoding="utf-8-sig") as file:
        states = Counter(row["state"] for row in csv.DictReader(file))
    assert sum(states.values()) == 14 * 18
    assert states["silent"] == 13
    assert states["not-applicable-proposed"] == 11
    assert sum(states.values()) - states["not-asked"] == 235


def test_the_days_without_a_tree_are_not_called_a_removal(real):
    for file in real.glob("changes/strategy/*/index.html"):
        html = file.read_text(encoding="utf-8")
        removed = re.search(r"<strong>(\d+)</strong> removed", html)
        assert removed is None or int(removed[1]) < 50, file


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_real_pages(real, serve, browser, axe, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    found = []
    with serve(real) as address:
        for path in ("/strategy/", "/actions/07/", "/coverage/", "/case-studies/", "/departments/hmrc/", "/changes/"):
            page.goto(address + path)
            page.evaluate(axe)
            told = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
            found += [f"{path} {one['id']} {one['nodes'][0]['html'][:200]}" for one in told["violations"]]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path} reads sideways")
    context.close()
    assert found == []
