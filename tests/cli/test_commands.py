"""Commands: help with an example, figures for machines, exit codes that mean something, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests import homes

from penholder import demo
from penholder.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
PAPER = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def run(*words: str, home: Path | None = None, **more) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "penholder.config.settings", "COLUMNS": "120"}
    if home:
        environment["PENHOLDER_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-c", "from penholder.cli import main; main()", *words],
        env=environment, capture_output=True, text=True, check=False, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """An instance with the demonstration strategy in it, not published."""
    folder = homes.begin(tmp_path_factory.mktemp("instance"))
    done = run("import", str(demo.folder()), home=folder)
    assert done.returncode == 0, done.stderr
    return folder


def commands():
    context = click.Context(main)
    return [(name, main.get_command(context, name)) for name in COMMANDS]


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_shows_an_example_in_its_help(name, command):
    assert f"penholder {name}" in CliRunner().invoke(command, ["--help"]).output.split("Example:")[1]


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_and_option_is_documented(name, command):
    section = re.search(rf"^## penholder {name}$(.*?)(?=^## |\Z)", PAPER, flags=re.MULTILINE | re.DOTALL)
    assert section, f"docs/commands.md has no section “## penholder {name}”"
    for parameter in command.params:
        names = parameter.opts if isinstance(parameter, click.Option) else [parameter.name.upper()]
        for said in names:
            assert f"`{said}" in section[1], f"{said} of {name}"


def test_nothing_is_documented_that_is_not_there():
    assert re.findall(r"^## penholder (\w+)$", PAPER, flags=re.MULTILINE) == list(COMMANDS)


def test_every_exit_code_is_documented():
    for code in ("0", "1", "2", "3", "130"):
        assert re.search(rf"^\| {code} \|", PAPER, flags=re.MULTILINE)


def test_help_is_quick_because_it_loads_nothing():
    program = """
import sys
from penholder.cli import main
main(["--help"], standalone_mode=False)
print(any(name.split(".")[0] in {"django", "markdown_it", "typst", "lxml"} for name in sys.modules))
"""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=bare)
    assert found.stdout.strip().endswith("False")


def test_an_import_reports_figures_for_machines(tmp_path):
    done = run("import", str(demo.folder()), "--json", "--dry-run", home=tmp_path)
    report = json.loads(done.stdout)
    assert done.returncode == 0
    wanted = {
        "principles",
        "actions",
        "responses",
        "silent",
        "not_applicable_proposed",
        "drift",
        "iterations",
        "unread",
    }
    assert wanted <= set(report)
    assert report["actions"] == 14
    assert json.loads(run("iterations", "--json", home=tmp_path).stdout) == []


def test_the_same_import_again_says_that_nothing_is_new(home):
    done = run("import", str(demo.folder()), home=home)
    assert done.returncode == 0
    assert "Nothing new" in done.stdout


def test_iterations_are_listed(home):
    rows = json.loads(run("iterations", "strategy", "--json", home=home).stdout)
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= 3
    assert rows[0]["edition"] is None  # the first drafts were never published
    assert rows[-1]["edition"]
    assert "strategy:1" in run("iterations", "strategy", home=home).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("import", "nowhere"),
        ("iterations", "nothing"),
        ("compare", "strategy:1", "strategy:999"),
        ("export", "/tmp/penholder-never" ),
    ],
)  # fmt: skip
def test_a_refusal_is_one_clear_message_and_exit_code_1(words, home):
    done = run(*words, home=home)
    assert done.returncode == 1
    assert done.stderr.startswith("penholder: ")
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == ""


def test_a_command_that_is_written_wrongly_is_exit_code_2(home):
    assert run("publish", "--agreed-elsewhere", home=home).returncode == 2
    assert run("publish", "strategy:1", "--all", home=home).returncode == 2
    assert run("nonsense").returncode == 2


def test_a_source_that_cannot_be_read_is_refused_with_file_and_line(tmp_path):
    folder = tmp_path / "house"
    (folder / "text").mkdir(parents=True)
    (folder / "strategy.toml").write_text('title = "A strategy\n', encoding="utf-8")
    (folder / "text" / "01.md").write_text("# One\n", encoding="utf-8")
    done = run("import", str(folder), home=tmp_path / "home")
    assert done.returncode == 1
    assert "strategy.toml, line 1" in done.stderr
    assert "Nothing is sealed yet" in run("iterations", home=tmp_path / "home").stdout


def test_an_error_that_a_reading_reports_stops_the_import_and_is_shown_with_its_place(capsys):
    from penholder.cli import imports
    from penholder.delivery.reports import Gap, Report

    report = Report(
        "house", stopped=True, unread=[Gap("text/02.md", 7, "This include includes itself.", "error", "now")]
    )
    imports.show(report)
    said = capsys.readouterr().out
    assert "error text/02.md:7  This include includes itself." in said
    assert "Nothing was taken in" in said


def test_comparing_says_by_exit_code_whether_anything_differs(tmp_path):
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    old.write_text("# One\n\nA leader by March 2014.\n", encoding="utf-8")
    new.write_text("# One\n\nA leader by July 2014.\n", encoding="utf-8")
    assert run("compare", str(old), str(old)).returncode == 0
    done = run("compare", str(old), str(new), home=tmp_path / "never")
    assert done.returncode == 3
    assert "[-March-]{+July+}" in done.stdout
    assert not (tmp_path / "never").exists()  # two files need no instance


@pytest.mark.parametrize(
    ("form", "start"), [("json", b'{"version"'), ("html", b"<!doctype html>"), ("pdf", b"%PDF-"), ("terminal", b"")]
)
def test_a_comparison_of_iterations_comes_in_four_forms(form, start, home, tmp_path):
    target = tmp_path / "changes"
    done = run("compare", "strategy:1", "strategy:2", "--format", form, "--output", str(target), home=home)
    assert done.returncode == 3, done.stderr
    assert target.read_bytes().startswith(start)
    assert len(target.read_bytes()) > 200


def test_a_file_that_is_not_utf_8_is_refused_with_the_place(tmp_path):
    odd = tmp_path / "odd.md"
    odd.write_bytes("# Café".encode("latin-1"))
    done = run("compare", str(odd), str(odd))
    assert done.returncode == 1
    assert "is not UTF-8 (byte 5)" in done.stderr


def test_checking_a_file_names_what_a_reader_would_stumble_over(tmp_path):
    text = tmp_path / "text.md"
    text.write_text(
        "# One\n\n### Three\n\nSee [there](#nowhere) and a note.[^1]\n\n:::{figure} map.png\nA map.\n:::\n",
        encoding="utf-8",
    )
    done = run("check", str(text), "--json", home=tmp_path / "home")
    assert done.returncode == 3
    said = {finding["line"]: finding["what"] for finding in json.loads(done.stdout)}
    assert "Do not skip levels" in said[3]
    assert any("#nowhere" in finding["what"] for finding in json.loads(done.stdout))
    assert any("[^1]" in finding["what"] for finding in json.loads(done.stdout))
    assert "what it shows" in said[7]
    text.write_text("# One\n\n## Two\n\nFine.\n", encoding="utf-8")
    assert run("check", str(text), home=tmp_path / "home").returncode == 0


def test_hints_for_clearer_writing_are_counted_and_listed_when_asked_for(tmp_path):
    text = tmp_path / "text.md"
    text.write_text(
        "# Aims\n\nDepartments will raise awareness. Read more [here](https://example.org).\n", encoding="utf-8"
    )
    short = run("check", str(text), home=tmp_path / "home")
    assert (short.returncode, "2 hints" in short.stdout, "raise awareness" in short.stdout) == (0, True, False)
    assert "what could be counted or by when" in run("check", str(text), "--clarity", home=tmp_path / "home").stdout
    without = run("check", str(text), "--json", "--without", "promise", home=tmp_path / "home")
    assert [note["severity"] for note in json.loads(without.stdout)] == ["note"]
    strange = run("check", str(text), "--without", "promises", home=tmp_path / "home")
    assert strange.returncode == 2
    assert "There is no rule “promises”" in strange.stderr
    assert not (tmp_path / "home").exists()  # a file needs no instance


def test_checking_an_instance_finds_an_altered_byte(home, tmp_path):
    import shutil
    import sqlite3

    spoiled = tmp_path / "home"
    shutil.copytree(home, spoiled)
    assert not any(one["severity"] == "error" for one in json.loads(run("check", "--json", home=spoiled).stdout))
    with sqlite3.connect(spoiled / "penholder.sqlite3") as database:
        database.execute("DROP TRIGGER drafting_text_refuses_update")
        database.execute("UPDATE drafting_text SET body = replace(body, 'digital', 'digitel')")
    done = run("check", "--json", home=spoiled)
    assert done.returncode == 3
    errors = [one["what"] for one in json.loads(done.stdout) if one["severity"] == "error"]
    assert any("the stored text is not the one that was sealed" in error for error in errors)


def test_home_may_be_given_before_the_command(home):
    found = run("--home", str(home), "iterations", "strategy", "--json")
    assert len(json.loads(found.stdout)) >= 3
