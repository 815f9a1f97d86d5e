"""Logs of services are taken in by command, as real ones are: once, however often, with what could not be read."""

from __future__ import annotations

import gzip
import json
import re
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from penholder.cli import beside, main
from penholder.cli.events import events
from penholder.measure.intake import drawings
from penholder.measure.journey_definitions import JourneyDefinition, Step

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


@pytest.fixture
def walked(run, tmp_path):
    """Attempts of two releases: the second asks nobody for a partner any more, or its events are lost."""
    steps = ["start", "about-you", "partner", "done"]
    drawn = JourneyDefinition(
        service="permits", version=1, effective_from=date(2010, 1, 1), starts=("start",),
        steps=tuple(
            Step(place + 1, name, after=tuple(steps[max(0, place - 2) : place]), outcome="intended" if name == "done" else None)
            for place, name in enumerate(steps)
        ),
        window=timedelta(days=1), idle_after=timedelta(minutes=30),
    )  # fmt: skip
    drawings.write(_made(tmp_path / "home" / "events"), [drawn])
    rows = ["case_id,activity,timestamp,channel,release"]
    for attempt in range(200):
        release = "1" if attempt < 100 else "2"
        walk = steps if attempt % 4 else steps[:2]
        for place, name in enumerate(step for step in walk if release == "1" or step != "partner"):
            channel = "digital" if attempt % 3 else "phone"
            rows.append(f"attempt-{attempt:03},{name},2012-0{release}-01T10:{place:02}:00+00:00,{channel},{release}")
    log = tmp_path / "log.csv"
    log.write_text("\n".join(rows))
    assert "625 events taken in, 0 were here, 0 not" in run("import", log, "--service", "permits").stdout
    return run


def _made(folder):
    folder.mkdir(parents=True)
    return folder


def test_a_funnel_shows_how_far_attempts_came_before_anything_is_sealed(walked):
    said = walked("funnel", "permits").stdout
    assert "permits: 150 of 200 attempts completed, 75.0% (95% interval 68.6 to 80.5)." in said
    assert re.search(r"about-you +200 +100.0% +50 +25.0%", said)
    parts = json.loads(walked("funnel", "permits", "--by", "channel", "--json").stdout)
    assert [(part["by"], part["cohort"]) for part in parts] == [("digital", 133), ("phone", 67)]
    assert "2012-01: 75 of 100" in walked("funnel", "permits", "--by", "month").stdout
    assert "week of 2011-12-26" in walked("funnel", "permits", "--by", "week").stdout


def test_two_releases_are_compared_and_a_step_that_fell_silent_is_no_drop(walked):
    said = walked("funnel", "permits", "--releases", "1", "2").stdout
    assert "changed by +0.0 percentage points after release 2" in said
    assert "No attempt met “partner” after release 2" in said
    assert re.search(r"\npartner .* missing\n", said)
    assert "because" not in said
    told = json.loads(walked("funnel", "permits", "--releases", "1", "2", "--json").stdout)
    assert not any(step["clear"] for step in told["steps"] if step["step"] == "partner")


def test_a_funnel_of_what_is_not_there_is_refused_with_what_is(walked):
    assert "“1”, “2”" in walked("funnel", "permits", "--releases", "1", "7").stderr
    assert "Draw it with" in walked("funnel", "passports").stderr


def test_a_journey_that_was_not_in_force_when_attempts_began_is_told(walked, tmp_path):
    folder = tmp_path / "home" / "events"
    (drawn,) = drawings.read(folder)["permits"]
    drawings.write(folder, [replace(drawn, effective_from=date(2020, 1, 1))])
    assert "version 1 of its journey is in force: from 2020-01-01" in walked("funnel", "permits").stdout
