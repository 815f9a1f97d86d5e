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
