"""Logs of services are taken in by command, as real ones are: once, however often, with what could not be read."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from click.testing import CliRunner

from penholder.cli import beside, main
from penholder.cli.events import events

CSV = "case_id,activity,timestamp,channel\nA-1,Apply,2012-03-01T10:00:00+00:00,Desk\nA-1,Apply,2012-03-01T10:00:00+00:00,Desk\nA-1,Decide,2012-03-02T10:00:00+00:00,Desk\n"
XES = """<log><trace><string key="concept:name" value="A-1"/><event><string key="concept:name" value="Apply"/>
<date key="time:timestamp" value="2012-03-01T10:00:00+00:00"/></event></trace></log>"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("PENHOLDER_HOME", str(tmp_path / "home"))

    def run(*arguments):
        return CliRunner().invoke(main, ["events", *map(str, arguments)], catch_exceptions=False)

    return run


def test_a_log_is_taken_in_once(run, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(CSV)
    first = json.loads(run("import", log, "--service", "permits", "--json").stdout)
    again = json.loads(run("import", log, "--service", "permits", "--json").stdout)
    assert (first["accepted"], first["refused"]) == (3, 0)
    assert (again["accepted"], again["duplicate"]) == (0, 3)
    sealed = json.loads(run("seal", "--json").stdout)
    assert (sealed["events"], sealed["journeys"]) == (3, 1)


def test_xes_and_gzip_are_read(run, tmp_path):
    log = tmp_path / "log.xes.gz"
    log.write_bytes(gzip.compress(XES.encode()))
    assert json.loads(run("import", log, "--service", "permits", "--json").stdout)["accepted"] == 1


def test_what_cannot_be_read_is_told_by_its_line(run, tmp_path):
    log = tmp_path / "log.ndjson"
    log.write_text('{"case_id": "A", "activity": "Apply", "timestamp": "soon"}\n')
    done = run("import", log, "--service", "permits")
    assert done.exit_code == 3
    assert "log.ndjson:1: “soon” is not a time" in done.stderr


def test_columns_can_be_named(run, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("who,what,when\nattempt-1,Apply,2012-03-01T10:00:00+00:00\n")
    done = run("import", log, "--service", "permits", "--case", "who", "--activity", "what", "--at", "when")
    assert (done.exit_code, "1 events taken in" in done.stdout) == (0, True)
    run("seal")
    assert run("erase", "permits", "attempt-1").stdout == "1 events erased.\n"


def test_real_permits_are_taken_in(run, shared):
    log = shared / "services" / "municipal_permit_events.csv.gz"
    done = run("import", log, "--service", "permits", "--json")
    assert json.loads(done.stdout)["accepted"] == 8_577, done.stdout


def test_how_long_attempts_are_kept_is_said_and_done_with_the_next_sealing(run, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(CSV)
    run("import", log, "--service", "permits")
    assert run("keep", "permits").exit_code == 2
    assert run("keep", "permits", "--days", "7").exit_code == 1
    assert "permits: 400 days" in run("keep", "permits", "--days", "400").stdout
    assert json.loads(run("seal", "--json").stdout)["forgotten"] == 3
    assert json.loads(run("keep", "permits", "--for-good", "--json").stdout) == {}


def test_a_command_runs_beside_a_server_again_and_again(run, tmp_path, monkeypatch):
    log = tmp_path / "log.csv"
    log.write_text(CSV)
    run("import", log, "--service", "permits")
    monkeypatch.setattr(beside, "SECONDS_OF_A_MINUTE", 0.1)
    current = tmp_path / "home" / "events" / "CURRENT"
    with beside.every_minute("events", "seal"):
        for _ in range(600):
            if current.exists():
                break
            time.sleep(0.1)
    assert current.exists()


def test_keys_are_added_listed_and_revoked(run):
    secret = run("key", "add", "permits").stdout.strip()
    assert run("key", "revoke", secret[:12]).exit_code == 0
    (listed,) = json.loads(run("key", "list", "--json").stdout)
    assert (listed["service"], listed["name"], bool(listed["revoked_at"])) == ("permits", secret[:12], True)
    assert run("key", "revoke", secret[:12]).exit_code == 1
    assert run("key", "add", "No Such Name").exit_code == 1


def test_every_command_is_described():
    from pathlib import Path

    paper = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in events.commands:
        assert f"penholder events {name}" in paper
