"""An import that is killed leaves the old state, and the next one completes; two at once double nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import homes

from penholder import demo

pytestmark = pytest.mark.slow

PENHOLDER = [sys.executable, "-c", "from penholder.cli import main; main()"]
TABLES = (
    "drafting_iteration", "drafting_sealedsection", "drafting_text", "drafting_media", "publishing_edition",
    "delivery_action", "delivery_actionversion", "delivery_ask", "delivery_response", "delivery_taken", "people_organisation",
)  # fmt: skip


def environment(home: Path) -> dict[str, str]:
    return os.environ | {"PENHOLDER_HOME": str(home), "DJANGO_SETTINGS_MODULE": "penholder.config.settings"}


def start(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PENHOLDER, *words], env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def counts(home: Path) -> dict[str, int]:
    with sqlite3.connect(home / "penholder.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, float, dict[str, int]]:
    """An instance without a strategy, how long an import of the demonstration takes, and what it comes to."""
    empty, full = (homes.begin(tmp_path_factory.mktemp(name)) for name in ("empty", "full"))
    started = time.perf_counter()
    start(full, "import", str(demo.folder())).communicate()
    return empty, time.perf_counter() - started, counts(full)


def test_a_killed_import_leaves_the_old_state_and_a_second_run_completes(whole, tmp_path):
    empty, seconds, wanted = whole
    home = tmp_path / "home"
    shutil.copytree(empty, home)
    moments = random.Random(2012)
    for _ in range(6):
        running = start(home, "import", str(demo.folder()))
        time.sleep(moments.uniform(0.2, 1.0) * seconds)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        found = counts(home)
        assert found in (dict.fromkeys(TABLES, 0), wanted)
    done = start(home, "import", str(demo.folder()), "--json")
    out, _ = done.communicate()
    assert done.returncode == 0
    assert json.loads(out)["actions"] == 14
    assert counts(home) == wanted
    with sqlite3.connect(home / "penholder.sqlite3") as database:
        for (digest,) in database.execute("SELECT digest FROM drafting_media"):
            assert (home / "media" / digest[:2] / digest).is_file()


def test_two_imports_at_once_double_nothing(whole, tmp_path):
    _, _, wanted = whole
    home = tmp_path / "home"
    both = [start(home, "import", str(demo.folder()), "--json") for _ in range(2)]
    ended = [(process.communicate(), process.returncode) for process in both]
    assert counts(home) == wanted
    for (out, said), code in ended:
        assert code == 0 or "try again when it is done" in said
        if code == 0:
            assert json.loads(out)["responses"] == 235
    assert sum(not json.loads(out)["nothing_new"] for (out, _), code in ended if code == 0) == 1


def test_an_import_that_cannot_wait_says_so_and_changes_nothing(whole, tmp_path):
    empty, _, _ = whole
    home = tmp_path / "home"
    shutil.copytree(empty, home)
    with sqlite3.connect(home / "penholder.sqlite3", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = subprocess.run(
            [sys.executable, "-c", IMPATIENT, str(demo.folder())],
            env=environment(home), capture_output=True, text=True, check=False,
        )  # fmt: skip
        other.execute("ROLLBACK")
    assert waiting.returncode == 1
    assert "Another import or publish is writing" in waiting.stderr
    assert "Traceback" not in waiting.stderr
    assert counts(home) == dict.fromkeys(TABLES, 0)


IMPATIENT = """
import sys
from penholder.config import environment
environment.SECONDS_TO_WAIT_FOR_A_WRITER = 0.2
from penholder.cli import main
main(["import", sys.argv[1]])
"""
