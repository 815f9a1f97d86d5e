"""What the environment says, and what is made of it; every variable is documented."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from penholder.config import settings
from penholder.config.environment import VARIABLES, database, flag, hosts, mail, secret_key
from penholder.errors import Refused

ROOT = Path(__file__).resolve().parents[2]
PAPER = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_every_variable_is_documented_and_no_other():
    assert set(re.findall(r"^## ([A-Z_]+)$", PAPER, flags=re.MULTILINE)) == set(VARIABLES)


def test_every_variable_that_config_reads_is_listed():
    read = set()
    for path in (ROOT / "src" / "penholder" / "config").glob("*.py"):
        found = r"""environ(?:ment)?(?:\.get\(|, )"([A-Z_]+)"|flag\(os\.environ, "([A-Z_]+)"\)"""
        read |= {one or other for one, other in re.findall(found, path.read_text(encoding="utf-8"))}
    assert read - {"DJANGO_SETTINGS_MODULE"} == set(VARIABLES)


def test_every_setting_of_our_own_is_documented():
    own = {name for name in vars(settings) if name.startswith("PENHOLDER_")}
    assert own <= set(re.findall(r"`(PENHOLDER_[A-Z_]+)`", PAPER)) | set(VARIABLES)


def test_an_embedded_instance_uses_sqlite_so_that_writers_wait_for_each_other(tmp_path):
    found = database({}, tmp_path)
    assert found["NAME"] == tmp_path / "penholder.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["OPTIONS"]["timeout"] == 20
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


def test_a_url_names_a_postgresql_with_its_odd_characters(tmp_path):
    found = database({"DATABASE_URL": "postgres://pen:p%40ss@db.example:5433/pen%2Dholder?sslmode=require"}, tmp_path)
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("pen", "p@ss", "db.example", "5433")
    assert (found["NAME"], found["OPTIONS"]) == ("pen-holder", {"sslmode": "require"})


def test_a_url_may_name_another_sqlite_file(tmp_path):
    assert database({"DATABASE_URL": "sqlite:////srv/pen.sqlite3"}, tmp_path)["NAME"] == Path("/srv/pen.sqlite3")


def test_any_other_database_is_refused(tmp_path):
    with pytest.raises(Refused, match="starts with “mysql:”"):
        database({"DATABASE_URL": "mysql://x/y"}, tmp_path)


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    first = secret_key({}, tmp_path / "home")
    assert len(first) > 60
    assert secret_key({}, tmp_path / "home") == first
    assert stat.S_IMODE((tmp_path / "home" / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret-key"]


def test_ten_first_starts_at_once_agree_on_one_secret(tmp_path):
    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(lambda _: secret_key({}, tmp_path), range(10)))) == 1


def test_an_empty_secret_file_is_no_secret(tmp_path):
    (tmp_path / "secret-key").touch()
    assert len(secret_key({}, tmp_path)) > 60


def test_a_secret_from_the_environment_writes_no_file(tmp_path):
    assert secret_key({"SECRET_KEY": "known"}, tmp_path) == "known"
    assert not list(tmp_path.iterdir())


def test_hosts_and_flags_are_read_as_people_write_them():
    assert hosts({"PENHOLDER_HOSTS": "a.example, b.example,"}) == ["a.example", "b.example"]
    assert "localhost" in hosts({})
    assert flag({"X": " Yes "}, "X")
    assert not flag({"X": "0"}, "X")
    assert not flag({}, "X")


def test_letters_become_files_in_the_home_until_a_server_is_named(tmp_path):
    assert mail({}, tmp_path)["file_path"] == tmp_path / "mail"
    assert mail({"PENHOLDER_MAIL": "file:/srv/outbox"}, tmp_path)["file_path"] == Path("/srv/outbox")


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://pen:p%40ss@mail.example", 587, True, False),
        ("smtps://pen:p%40ss@mail.example:8465", 8465, False, True),
        ("smtp+plain://pen:p%40ss@mail.example", 25, False, False),
    ],
)
def test_a_mail_server_is_spoken_to_in_secret_unless_it_is_said_otherwise(url, port, tls, ssl, tmp_path):
    found = mail({"PENHOLDER_MAIL": url}, tmp_path)
    assert (found["host"], found["username"], found["password"]) == ("mail.example", "pen", "p@ss")
    assert (found["port"], found["use_tls"], found["use_ssl"]) == (port, tls, ssl)
    assert found["timeout"] <= 60


@pytest.mark.parametrize("url", ["imap://mail.example", "smtp://", "file:outbox", "mail.example"])
def test_any_other_way_of_sending_is_refused(url, tmp_path):
    with pytest.raises(Refused, match="PENHOLDER_MAIL"):
        mail({"PENHOLDER_MAIL": url}, tmp_path)
