"""`penholder services template` and `upload`: figures by hand from a shell."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.services.conftest import ministry  # noqa: F401 - a fixture

from penholder.cli import main
from penholder.services.models import Submitted

pytestmark = pytest.mark.django_db

HEAD = "Service,Channel,Period,Completed transactions\n"


def run(*words, code=0):
    result = CliRunner().invoke(main, ["services", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.output


def test_the_template_is_filled_in_and_sent_back(ministry, tmp_path):  # noqa: F811
    file = tmp_path / "figures.csv"
    run("template", "interior", "2026-01", "--count", "2", "--to", file)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Service key,Service,Channel,Period,Completed transactions")
    filled = [lines[0], *(line.replace(",,", ",5,", 1) for line in lines[1:])]
    file.write_text("\n".join(filled))
    told = json.loads(run("upload", file, "--dry-run", "--json"))
    assert (told["rows"], told["errors"]) == (14, [])
    assert Submitted.objects.count() == 0
    assert "14 new values" in run("upload", file)
    assert "Nothing new" in run("upload", file)
    assert Submitted.objects.count() == 14


def test_errors_are_told_by_cell_and_left_out_by_choice(ministry, tmp_path):  # noqa: F811
    file = tmp_path / "figures.csv"
    file.write_text(f"{HEAD}Passports,Digital,2026-01,5\nPasports,Digital,2026-01,5\nPassports,Phone,Q1 2026,5\n")
    told = json.loads(run("upload", file, "--dry-run", "--json", code=3))
    assert [one["cell"] for one in told["errors"]] == ["A3", "C4"]
    assert "A3" in run("upload", file, "--dry-run", code=3)
    assert "2 rows have errors" in run("upload", file, code=1)
    assert "2 rows can be taken in, 1 have errors" in run("upload", file, "--good-rows", "--quarters", "calendar")
    assert {row.period.key for row in Submitted.objects.select_related("period")} == {"2026-01", "2026-Q1"}


def test_the_template_becomes_a_workbook_by_its_name(ministry, tmp_path):  # noqa: F811
    file = tmp_path / "figures.xlsx"
    run("template", "interior", "2026-Q1", "--to", file)
    assert file.read_bytes()[:2] == b"PK"
    assert "No organisation" in run("template", "nowhere", "2026-01", code=1)


def test_the_whole_register_goes_out_as_csv_and_json(ministry, tmp_path):  # noqa: F811
    ministry.submit("passports", "2026-09", transactions=100, digital__transactions=60, published=True)
    said = run("export", tmp_path / "out")
    assert "figures.csv, figures.json" in said
    told = json.loads((tmp_path / "out" / "figures.json").read_text(encoding="utf-8"))
    assert ("passports", "digital-take-up", 0.6) in {
        (row["service"], row["figure"], row["value"]) for row in told["rows"]
    }
    assert (tmp_path / "out" / "services.csv").read_bytes().startswith(b"service,name,organisation")


def test_a_journey_is_drawn_from_a_file_and_refused_with_its_faults(ministry, tmp_path, monkeypatch):  # noqa: F811
    from penholder.cli import console
    from penholder.measure.intake import drawings

    (tmp_path / "events").mkdir()
    monkeypatch.setattr(console, "start", lambda: tmp_path)
    graph = {
        "service": "passports", "version": 1, "effective_from": "2026-01-01", "starts": ["start"],
        "steps": [{"number": 1, "name": "start"},
                  {"number": 2, "name": "done", "after": ["start"], "outcome": "intended"}],
        "window": "P30D", "idle_after": "PT30M",
    }  # fmt: skip
    file = tmp_path / "journey.json"
    file.write_text(json.dumps(graph))
    assert "Version 1 of “passports” is drawn; sealing knows 1 versions." in run("draw", file)
    assert [one.version for one in drawings.read(tmp_path / "events")["passports"]] == [1]
    assert "The next version of this journey is number 2." in run("draw", file, code=1)
    file.write_text("{")
    assert "is not JSON" in run("draw", file, code=1)
