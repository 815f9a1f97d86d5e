"""A small strategy with two editions, two departments that answer, one that does not, and the pages drawn of it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from penholder.formats.reading import (
    Asset,
    ReadAction,
    ReadDocument,
    Reading,
    ReadOrganisation,
    ReadPrinciple,
    ReadResponse,
    ReadSection,
    Snapshot,
    Wording,
)

ROOT = Path(__file__).resolve().parents[2]
FIRST = datetime(2012, 11, 6, 12, tzinfo=UTC)
SECOND = datetime(2013, 3, 15, 12, tzinfo=UTC)
NOON = datetime(2013, 4, 1, 11, tzinfo=UTC)

AIMS = """# Aims

Services are simple.[^1] They are *clear* and fast.

This sentence will not last.

The board meets in public, every month, and publishes what it decides.

[^1]: As people who use them say.
"""
AIMS_LATER = """# Aims

The board meets in public, every month, and publishes what it decides.

Services are simple.[^1] They are *clear* and quick.

:::{chart} bar
:name: fig-1
:unit: %
Who is online.

| | Share |
|---|---:|
| Online | 82 |
| Offline | 18 |
:::

[^1]: As people who use them say.
"""
ACTIONS = """# Actions

### Lead from the top {#principle-01 .principle motto="First things first"}

#### Every board has a digital leader {#action-01 .action short="Leaders"}

By March 2013, says the note.[^1]

#### Every service has a manager {#action-02 .action short="Managers"}

In time.
"""


def organisations():
    return (
        ReadOrganisation("hmrc", "HM Revenue & Customs", "HMRC", digital_leader="Head of Digital"),
        ReadOrganisation("hmt", "HM Treasury", "HMT", strategy_url="https://example.org/hmt"),
        ReadOrganisation("dclg", "Communities and Local Government", "DCLG"),
    )


def answers(key, name, *said):
    sections = [ReadSection("introduction", name, f"# {name}\n\nHow we do it.\n", f"{key}.md")]
    for number, words in said:
        text = f"## Action {number:02} {{#action-{number:02} .response}}\n\n{words}\n"
        sections.append(ReadSection(f"action-{number:02}", f"Action {number:02}", text, f"{key}.md"))
    return ReadDocument(key, "departmental", f"{name} digital strategy", tuple(sections), organisation=key)


def reading(aims, *, later):
    leader = "Our leader is in post." if later else "We will appoint a leader."
    said = [
        ReadResponse(
            1, "hmrc", leader, "hmrc.md", 3, stance="already-done" if later else "will-do", asked_on=FIRST.date()
        ),
        ReadResponse(2, "hmrc", "We have <b>managers</b>.", "hmrc.md", 7, asked_on=FIRST.date()),
        ReadResponse(
            1,
            "hmt",
            "Not applicable to us.",
            "hmt.md",
            3,
            stance="not-applicable",
            reason="There is no board.",
            accepted_by="Chair",
            asked_on=FIRST.date(),
        ),
        ReadResponse(
            2,
            "hmt",
            "We run no services.",
            "hmt.md",
            7,
            proposed_not_applicable="We run no services",
            asked_on=FIRST.date(),
        ),
        ReadResponse(1, "dclg", "", "dclg.md", 1, silent=True, asked_on=date(2012, 11, 6)),
    ]
    return Reading(
        documents=(
            ReadDocument(
                "strategy",
                "strategy",
                "A Digital Strategy",
                (
                    ReadSection("aims", "Aims", aims, "aims.md"),
                    ReadSection("actions", "Actions", ACTIONS, "actions.md"),
                ),
                subtitle="Services so good that people prefer them.",
                addresses=("/digital/strategy/",),
            ),
            answers("hmrc", "HM Revenue & Customs", (1, leader), (2, "We have managers.")),
            answers("hmt", "HM Treasury", (1, "Not applicable to us."), (2, "We run no services.")),
        ),
        organisations=organisations(),
        principles=(ReadPrinciple(1, "Lead from the top", "First things first", name="principle-01"),),
        actions=(
            ReadAction(1, "Every board has a digital leader", 1, "Leaders", section="actions", name="action-01"),
            ReadAction(2, "Every service has a manager", 1, "Managers", section="actions", name="action-02"),
        ),
        responses=tuple(said),
        wordings=(Wording(2, "Each service has an owner", "partials/action02.md", 1),),
        assets=(Asset("figures/a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),),
        title="A Digital Strategy",
    )


@pytest.fixture
def first():
    return Snapshot("first", FIRST, "test", reading(AIMS, later=False))


@pytest.fixture
def second():
    return Snapshot("second", SECOND, "test", reading(AIMS_LATER, later=True), reason="Dates are kept.")


@pytest.fixture
def take_in(db, settings, tmp_path):
    """The door through which a strategy comes in; what it publishes has its style sheet."""
    from penholder.delivery import imports

    settings.PENHOLDER_MEDIA = tmp_path / "media"
    settings.PENHOLDER_ASSETS = tmp_path / "built"
    settings.PENHOLDER_ADDRESS = ""
    settings.PENHOLDER_ASSETS.mkdir()
    manifest = {"src/site.ts": {"file": "site-1.js", "css": ["site-1.css"]}}
    (settings.PENHOLDER_ASSETS / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    def take(*snapshots):
        report = imports.take_in(snapshots, source="test", at=NOON)
        assert not report.stopped, report.unread
        return report

    return take


@pytest.fixture
def draw(take_in):
    """All pages of the site as it stands: bytes by address, and what is not a page by its address too."""
    from penholder.publishing.sites import File, Page, Redirect, Undrawn
    from penholder.web.public.pages import all_pages

    class Drawn(dict):
        def text(self, address):
            return self[address].decode()

        def words(self, address):
            import re
            from html import unescape

            main = self.text(address).partition("<main")[2].partition("</main>")[0]
            return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())

    def all_of_it(at=NOON):
        found = Drawn()
        found.redirects, found.files = {}, {}
        for each in all_pages(at=at):
            one = each.drawn() if isinstance(each, Undrawn) else each
            if isinstance(one, Page):
                assert one.path not in found, one.path
                found[one.path] = one.body
            elif isinstance(one, Redirect):
                found.redirects[one.path] = one.to
            elif isinstance(one, File):
                found.files[one.path] = one.source
        return found

    return all_of_it


@pytest.fixture
def drawn(draw, take_in, first, second):
    take_in(first, second)
    return draw()


@pytest.fixture(scope="session")
def catalogues():
    subprocess.run([sys.executable, str(ROOT / "tools" / "messages.py"), "compile"], check=True)
