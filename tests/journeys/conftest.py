"""A real site, published from the demonstration, and a real browser to read it with."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests import homes

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "src" / "penholder" / "web" / "assets"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A sandbox inside a container's sandbox does not start; the pages are our own.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

PUBLISH = """
import sys, django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from penholder.delivery.imports import take_in
from penholder.formats.open import read
from penholder.publishing import sites
at = datetime(2014, 3, 1, 12, tzinfo=UTC)
report = take_in(read(Path(sys.argv[1])), source="test", at=at)
assert not report.stopped, report.unread
sites.build(at=at)
"""


def chromium() -> str:
    """A browser: the one that PENHOLDER_CHROMIUM names, the machine's, or Playwright's own ("" lets it look)."""
    named = os.environ.get("PENHOLDER_CHROMIUM")
    return named or next((found for name in CHROMIUMS if (found := shutil.which(name))), "")


def published(source: Path, home: Path) -> Path:
    """Take in a source and publish it, as an instance of its own. Gives the folder that readers see."""
    environment = {**os.environ, **homes.environment(homes.begin(home)), "PENHOLDER_LANGUAGES": "en,cy"}
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, str(source)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return (home / "public" / "current").resolve()


@contextmanager
def served(folder: Path):
    """A folder at an address of this machine, on any free port; what is not there is the site's own 404 page."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def catalogues():
    """The compiled catalogues, as `make` leaves them."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "messages.py"), "compile"], check=True)


@pytest.fixture(scope="session")
def built():
    """The style sheet and the script, as `make` leaves them."""
    if not (ROOT / "src" / "penholder" / "web" / "static" / "built" / "manifest.json").is_file():
        pytest.fail("The front end is not built. Run “make assets”.")


@pytest.fixture(scope="session")
def publish(catalogues, built):
    """Publishes a source in a home of its own."""
    return published


@pytest.fixture(scope="session")
def serve():
    """Serves a folder for as long as a test needs it."""
    return served


@pytest.fixture(scope="session")
def folder(tmp_path_factory, catalogues, built):
    """The published demonstration, in English and in Welsh."""
    from penholder import demo

    return published(demo.folder(), tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def address(folder):
    """Where the published demonstration is served."""
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """A real chromium. It ends with its module: while Playwright runs, no other test of the process can have a loop."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=chromium() or None, args=QUIET)
        except Error as problem:
            pytest.fail(f"No browser starts: {problem}. Install chromium, or name one in PENHOLDER_CHROMIUM.")
        yield started
        started.close()


@pytest.fixture
def page(browser):
    """A window of its own, 1280 pixels wide."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe():
    """The script of axe-core, from the front end's own packages."""
    script = ASSETS / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.fail("axe-core is not installed. Run “make assets”.")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def pages(folder):
    """One page of each type, by the type's name. A type that the demonstration has none of is an error."""

    def some(pattern: str, *, holds: str = "") -> str:
        for file in sorted(folder.glob(f"{pattern}/index.html")):
            if holds in file.read_text(encoding="utf-8"):
                return f"/{file.parent.relative_to(folder)}/"
        raise AssertionError(f"the demonstration has no {pattern} with “{holds}”")

    return {
        "front": "/",
        "strategy": "/strategy/",
        "paper": "/assisted-digital/",
        "editions": "/strategy/editions/",
        "edition": "/strategy/editions/1/",
        "actions": "/actions/",
        "action": "/actions/02/",
        "departments": "/departments/",
        "department with history": some("departments/*", holds="Changed once"),
        "silent department": some("departments/*", holds="ph-silences"),
        "department then": some("departments/*/editions/1"),
        "coverage": "/coverage/",
        "changes": "/changes/",
        "comparison": "/changes/strategy/1-2/",
        "removed passage": some("passages/*", holds="ph-quoted"),
        "help": "/help/",
        "accessibility": "/accessibility/",
        "missing": "/404.html",
        "front in Welsh": "/cy/",
        "coverage in Welsh": "/cy/coverage/",
        "action in Welsh": "/cy/actions/02/",
    }
