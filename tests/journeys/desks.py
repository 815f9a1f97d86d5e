"""A desk that runs in a process of its own, who enters it, and what is wrong with a page of it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests import homes

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 120))"""

# Words in the colour of their own ground: axe leaves these to people.
VANISHED = """() => [...document.querySelectorAll('.govuk-button, .govuk-tag, .govuk-notification-banner__title')]
  .filter(e => getComputedStyle(e).color === getComputedStyle(e).backgroundColor).map(e => 'vanished: ' + e.outerHTML.slice(0, 120))"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """What commands of that home folder run with. A new home gets a database in which every migration has run."""
    if not (home / "penholder.sqlite3").exists():
        homes.begin(home)
    return homes.environment(home) | more


def fill(told: dict[str, str], script: str) -> None:
    """Run a script in that environment."""
    subprocess.run([sys.executable, "-c", script], env=told, check=True)


@contextmanager
def served(told: dict[str, str]):
    """The desk, served; its address. `localhost`, because passkeys want a name."""
    command = [sys.executable, "-c", "from penholder.cli.serve import serve; serve()", "--port", "0", "--no-work"]
    process = subprocess.Popen(command, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    port = re.search(r":(\d+)/", process.stdout.readline())[1]
    yield f"http://localhost:{port}"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    assert "Traceback" not in errors, errors


def sign_in(page, desk, name, password=PASSWORD):
    """Sign in with a password."""
    page.goto(f"{desk}/account/login/")
    page.get_by_label("E-mail address").fill(f"{name}@dept.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def faults(window, axe):
    """What is wrong with a page, drawers open: what axe finds, what reads sideways, what cannot be seen."""
    window.evaluate("document.querySelectorAll('main details').forEach(drawer => { drawer.open = true; })")
    window.evaluate(axe)
    found = window.evaluate(RUN_AXE, RULES)["violations"]
    told = [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}" for one in found]
    return told + window.evaluate(TOO_WIDE) + window.evaluate(VANISHED)
