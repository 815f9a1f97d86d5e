"""The script that pages of services may use is tiny, stores nothing, and sends what the door takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

BUILT = Path(__file__).resolve().parents[2] / "src" / "penholder" / "web" / "static" / "built"


@pytest.fixture(scope="module")
def script():
    chunk = json.loads((BUILT / "manifest.json").read_bytes())["src/steps.ts"]
    assert not chunk.get("imports"), "it needs nothing else"
    return (BUILT / chunk["file"]).read_text(encoding="utf-8")


def test_it_is_less_than_a_kilobyte(script):
    assert len(script.encode()) < 1_000


@pytest.mark.parametrize("word", ["cookie", "Storage", "indexedDB", "userAgent", "location", "referrer", "screen"])
def test_it_stores_nothing_and_asks_nothing_about_the_reader(script, word):
    assert word not in script


def test_it_sends_no_field_that_the_door_refuses(script):
    from penholder.measure.intake.events import Event, StepData

    told = script[script.index("stringify({") + 11 :].partition("})")[0]
    fields = {part.partition(":")[0].strip("{} ") for part in told.replace("data:{", "").split(",")}
    assert fields <= {*Event.__struct_fields__, *StepData.__struct_fields__}
    assert fields >= {"specversion", "id", "source", "type", "time", "step"}
