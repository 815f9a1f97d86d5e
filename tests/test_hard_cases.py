"""The page of hard cases names tests that exist, and no table of the database is left out of the proof unseen."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from tests.publishing.test_damage import OF_DRAFTING, ROOMS

ROOT = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
CASES = re.findall(NAMED, (ROOT / "docs" / "hard-cases.md").read_text(encoding="utf-8"))

# Rooms whose tables are damaged cell by cell, each by a test of its own.
PROVED = (*ROOMS, "delivery_", "services_")
# What remembers something for a while: who is signed in and by what means, permissions of Django that nothing reads,
# letters on their way, and how far the record was read for them.
FOR_A_WHILE = (
    "django_", "auth_", "account_", "mfa_", "socialaccount_", "usersessions_", "jobs_letter", "jobs_reading",
)  # fmt: skip


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_there_are_cases():
    assert len(CASES) > 30


@pytest.mark.parametrize(("path", "name"), CASES)
def test_a_hard_case_has_its_test(path, name):
    assert name in names_in(path)


def test_every_table_is_proved_or_is_a_draft_or_is_kept_for_a_while():
    """Drafts, and what is said and remembered about them, are the other tables of drafting: nobody was asked about them."""
    left = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.db_table.startswith((*PROVED, *FOR_A_WHILE, "drafting_"))
    }
    assert left == set()
    assert {model._meta.db_table for model in apps.get_models()} >= OF_DRAFTING
