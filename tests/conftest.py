from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import psycopg
import pytest
from django.test import TransactionTestCase
from tests import homes
from tests import postgresql as postgresql_server
from tests.mischief import unguarded

ROOT = Path(__file__).resolve().parents[1]

# What the database itself must hold (order, locks, triggers, JSON) is asked of both engines.
ON_BOTH_ENGINES = ("agreement", "drafting", "jobs", "people", "record", "services")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).relative_to(ROOT / "tests").parts[0] in ON_BOTH_ENGINES:
            item.add_marker("engines")


@pytest.fixture(autouse=True, scope="session")
def sealed_tables_are_emptied_between_tests() -> Iterator[None]:
    """Tests with real transactions end with every table emptied, and the database refuses that of sealed ones."""
    teardown = TransactionTestCase._fixture_teardown

    def unguarded_teardown(test: TransactionTestCase) -> None:
        with unguarded():
            teardown(test)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", unguarded_teardown)
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs; a test that wants it is skipped, and says so, where it is absent."""
    folder = Path(os.environ.get("PENHOLDER_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"real inputs are not here: {folder}")
    return folder


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The DATABASE_URL of a real PostgreSQL server that is there for this run alone."""
    with postgresql_server.server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database on that server with every table and no row, to be copied."""
    name = "template_of_tests"
    homes.migrate(tmp_path_factory.mktemp("template"), _make(postgresql, name))
    return name


@pytest.fixture
def postgresql_database(postgresql: str, postgresql_template: str) -> str:
    """The DATABASE_URL of a database on that server with every table and no row, for programs that a test starts."""
    return _make(postgresql, f"one_{os.urandom(6).hex()} TEMPLATE {postgresql_template}")


def _make(postgresql: str, words: str) -> str:
    query = urlsplit(postgresql).query
    with psycopg.connect(**dict(parse_qsl(query)), dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {words}")
    return f"postgres:///{words.split(maxsplit=1)[0]}?{query}"
