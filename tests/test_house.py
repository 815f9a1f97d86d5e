"""The house stands as HOUSE says: rooms in their order, facts that point down, files and functions of a size to read.

import-linter (.importlinter) holds the imports. What it cannot see is held here: foreign keys written as strings, sizes,
names, clocks, the environment, and documents that must say what the code says. Every exception is named with its reason.
"""

from __future__ import annotations

import ast
import configparser
import importlib
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "src" / "penholder"

# The house from roof to cellar; rooms on one line may not know each other. Rooms not built yet keep their place.
ORDER: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "config",
        "web cli jobs",
        "listening delivery",
        "publishing services",
        "agreement",
        "drafting",
        "people",
        "record",
        "render formats measure",
        "charts text",
        "seal errors demo",  # demo: a folder of texts and one function that says where it is
    )
)
FLOOR = {room: number for number, floor in enumerate(ORDER) for room in floor}
# From `render` down: a library that anyone can use without Django.
LIBRARY = {room for room, floor in FLOOR.items() if floor >= FLOOR["render"]}
# Where a clock is read: at the edge, once, and handed down as `at=`.
EDGE = {"config", "web", "cli", "jobs"}

LONGEST_FILE = 400
LONGEST_FUNCTION = 50

# path: why it may be longer than LONGEST_FILE.
LONG_FILES: dict[str, str] = {}
# path::function: why it may be longer than LONGEST_FUNCTION.
LONG_FUNCTIONS: dict[str, str] = {}

EMPTY_WORDS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "manager",
    "managers",
    "base",
    "common",
    "misc",
    "core",
}


def rooms() -> set[str]:
    """The rooms that exist: packages and modules straight below src/penholder."""
    packages = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    return packages | {path.stem for path in HOUSE.glob("*.py") if not path.stem.startswith("__")}


def sources(*, of: set[str] | None = None) -> Iterator[Path]:
    """Every Python file of the house, or of some of its rooms; what Django writes (migrations) is nobody's prose."""
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE).parts
        if "migrations" in parts or "node_modules" in parts:
            continue
        if of is None or parts[0].removesuffix(".py") in of:
            yield path


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def code_lines(path: Path) -> set[int]:
    """Lines that hold code: not blank, not only a comment, not a docstring. What explains the code costs nothing."""
    lines: set[int] = set()
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type not in silent and token.type != tokenize.ENCODING:
                lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                lines.difference_update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines


# ── Rooms ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def layers() -> list[set[str]]:
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    lines = contract["importlinter:contract:house"]["layers"].split("\n")
    return [{room.strip(" ()") for room in line.split("|")} for line in lines if line.strip()]


def test_every_room_has_its_place_in_the_house():
    assert rooms() <= set(FLOOR), "a room that HOUSE does not know"


def test_the_import_contract_lists_the_rooms_that_exist_in_the_order_of_the_house():
    expected = [set(floor & rooms()) for floor in ORDER]
    assert layers() == [floor for floor in expected if floor]


def test_the_import_contract_is_exhaustive():
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    assert contract["importlinter:contract:house"].getboolean("exhaustive")


def test_the_library_contract_names_every_room_from_render_down():
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    listed = set(contract["importlinter:contract:library"]["source_modules"].split())
    assert listed == {f"penholder.{room}" for room in rooms() & LIBRARY}


def test_no_room_is_empty():
    for room in rooms():
        files = list(sources(of={room}))
        assert any(code_lines(file) for file in files), f"{room} holds no code"


def test_no_module_is_named_for_nothing():
    for path in sources():
        inside = path.relative_to(HOUSE).with_suffix("").parts[1:]
        assert not EMPTY_WORDS & set(inside), f"{named(path)}: name the noun that it is about"


# ── Facts point down ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_foreign_key_points_down_the_house():
    seen = 0
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("penholder."):
            continue
        here = model.__module__.split(".")[1]
        for field in model._meta.get_fields():
            if field.auto_created or not field.is_relation or field.related_model is None:
                continue
            target = field.related_model.__module__
            if not target.startswith("penholder."):
                continue  # Django's own tables lie below every room
            there = target.split(".")[1]
            seen += 1
            assert there == here or FLOOR[there] > FLOOR[here], f"{model.__name__}.{field.name} points up, to {target}"
    assert seen, "no foreign key was looked at"


def test_the_record_has_no_foreign_keys():
    for model in apps.get_app_config("record").get_models():
        assert not [field.name for field in model._meta.get_fields() if field.is_relation], model.__name__


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


# ── Sizes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_are_of_a_size_to_read():
    long = {named(path): len(code_lines(path)) for path in sources()}
    long = {name: size for name, size in long.items() if size > LONGEST_FILE}
    assert set(long) == set(LONG_FILES), f"longer than {LONGEST_FILE} lines of code, or no longer: {long}"


def test_sources_of_the_front_end_are_of_a_size_to_read():
    for path in HOUSE.rglob("*"):
        if path.suffix in {".ts", ".scss", ".html"} and not {"node_modules", "built"} & set(path.parts):
            size = len(path.read_text(encoding="utf-8").splitlines())
            assert size <= LONGEST_FILE, f"{named(path)} has {size} lines"


def test_functions_are_of_a_size_to_read():
    long: dict[str, int] = {}
    for path in sources():
        lines = code_lines(path)
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = len(lines & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
                if size > LONGEST_FUNCTION:
                    long[f"{named(path)}::{node.name}"] = size
    assert set(long) == set(LONG_FUNCTIONS), f"longer than {LONGEST_FUNCTION} lines of code, or no longer: {long}"


def test_every_exception_has_its_reason():
    for reason in (LONG_FILES | LONG_FUNCTIONS | READS_A_CLOCK | READS_THE_ENVIRONMENT).values():
        assert len(reason.split()) >= 5, f"“{reason}” is no reason"


# ── Inside a room ────────────────────────────────────────────────────────────────────────────────────────────────────

# What a clock is called. `at=` comes in from the edge, so that tests and imports can say when a thing happened.
CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("timezone", "now"),
("time", "time"), ("time", "time_ns"), ("functions", "Now"),
}  # fmt: skip
CLOCK_FIELDS = {"auto_now", "auto_now_add"}
# Turn a given moment into a local one; without a moment they take the clock's.
CLOCKS_WHEN_BARE = {"localdate", "localtime"}
# path: why it may look at a clock.
READS_A_CLOCK: dict[str, str] = {
    "src/penholder/publishing/releases.py": "tells a second publisher since when the first holds the lock; records nothing",
}


def clocks(path: Path) -> Iterator[str]:
    """Each place in a file that asks what time it is now, by name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in CLOCKS:
                yield f"line {node.lineno}: {owner}.{node.attr}"
        bare = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args + node.keywords
        if bare and node.func.attr in CLOCKS_WHEN_BARE:
            yield f"line {node.lineno}: {node.func.attr}()"
        if isinstance(node, ast.keyword) and node.arg in CLOCK_FIELDS:
            yield f"line {node.value.lineno}: {node.arg}"


def test_there_is_no_clock_inside():
    found = {named(path): list(clocks(path)) for path in sources(of=rooms() - EDGE)}
    found = {name: places for name, places in found.items() if places}
    assert set(found) == set(READS_A_CLOCK), f"`at=` comes in from the edge: {found}"


def test_a_clock_would_be_found(tmp_path):
    guilty = tmp_path / "guilty.py"
    guilty.write_text(
        "at = datetime.datetime.now(UTC)\nwhen = timezone.now\nseen = DateTimeField(auto_now_add=True)\n"
        "today = timezone.localdate()\nthat_day = timezone.localdate(at)\nlater = datetime.combine(day, time.min)\n"
    )
    assert len(list(clocks(guilty))) == 4


def test_only_the_edge_prints():
    for path in sources(of=rooms() - {"cli"}):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{named(path)}:{node.lineno} prints"


def test_only_config_reads_the_environment():
    # Handing the whole environment on to a program that is run is not reading it.
    for path in sources(of=rooms() - {"config"}):
        for node in ast.walk(tree(path)):
            name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
            assert name not in {"getenv", "environ"} or named(path) in READS_THE_ENVIRONMENT, (
                f"{named(path)}:{node.lineno}"
            )


# path: why it touches the environment although it is not config.
READS_THE_ENVIRONMENT: dict[str, str] = {}


def test_everything_public_says_what_it_is():
    # ruff asks this of modules' contents; it is asked here of the rooms themselves.
    for room in rooms():
        module = importlib.import_module(f"penholder.{room}")
        assert (module.__doc__ or "").strip(), f"penholder.{room} does not say what it is for"


# ── Papers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def dependencies() -> Iterator[tuple[str, bool]]:
    """Each dependency of pyproject.toml and whether a comment stands above it, or above its neighbours without a gap."""
    told = False
    inside = False
    for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if re.match(r"(dependencies|dev|tools|postgres|requires)\s*=\s*\[", text):
            inside, told = not text.endswith("]"), told and text.endswith("]")
        elif text.startswith("]"):
            inside = told = False
        elif text.startswith("#"):
            told = True
        elif inside and text.startswith('"'):
            yield text.split('"')[1], told


def test_every_dependency_says_why_it_is_there():
    listed = dict(dependencies())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["dependency-groups"]["tools"],
    ]
    assert not [name for name in wanted if not listed.get(name)]


def decisions() -> list[Path]:
    return sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap():
    assert [path.name[:4] for path in decisions()] == [f"{number:04}" for number in range(1, len(decisions()) + 1)]


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.stem)
def test_a_decision_says_what_why_and_what_was_refused_on_one_page(path):
    text = path.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    assert headings[:2] == ["What we decided", "Why"]
    assert headings[-1] == "What we refused"
    assert len(text.split()) <= 600, "one page"


def papers() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", papers(), ids=named)
def test_links_between_the_papers_lead_somewhere(path):
    text = re.sub(r"```.*?```|~~~.*?~~~|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            assert (path.parent / target.split("#")[0]).exists(), f"{named(path)} links to {target}"


def test_each_word_has_one_meaning():
    words = re.findall(r"^\*\*(.+?)\*\*", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert words
    assert len(words) == len(set(map(str.lower, words)))
    assert words == sorted(words, key=str.lower), "the glossary is in alphabetical order"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_every_make_target_is_described_in_contributing():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {f"make {target}" for target in targets()} == set(re.findall(r"`(make [a-z]+)`", text))


def test_every_command_is_in_the_readme():
    from penholder.cli import main

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(main.commands) == set(re.findall(r"^\| `penholder ([a-z]+)", text, flags=re.MULTILINE))


def test_the_example_in_the_readme_runs(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out == "1 edited\n"
