"""The Welsh catalogue is whole, and says what the pages say now."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from penholder.charts import journeys, over_time, treemap
from penholder.charts.drawing import WORDS
from penholder.web.labels import of_charts

TOOL = Path(__file__).resolve().parents[2] / "tools" / "messages.py"
HOLE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("messages", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def welsh(tool):
    return tool.catalogue("cy")[1]


def test_every_message_of_every_page_is_in_welsh(tool, welsh):
    wanted = {message if isinstance(message, str) else message[0] for message, _ in tool.messages()}
    assert len(wanted) > 200
    empty = set()
    for message in wanted:
        known = welsh.get(message)
        said = known.string if known else ""
        if not said or (not isinstance(said, str) and not all(said)):
            empty.add(message)
    assert empty == set()


def test_the_catalogue_holds_nothing_that_no_page_says(tool, welsh):
    said = {message if isinstance(message, str) else message[0] for message, _ in tool.messages()}
    kept = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in welsh if entry.id}
    assert kept - said == set()


def test_welsh_fills_the_same_holes_as_english(welsh):
    wrong = []
    for entry in welsh:
        ids = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        said = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        if not entry.id:
            continue
        holes = set(HOLE.findall(ids[-1]))
        wrong += [words for words in said if set(HOLE.findall(words)) != holes and set(HOLE.findall(words)) - holes]
        wrong += [words for words in said[:1] if isinstance(entry.id, str) and set(HOLE.findall(words)) != holes]
    assert wrong == []


def test_every_word_of_charts_is_offered_for_translation():
    assert of_charts() == {**WORDS, **over_time.WORDS, **treemap.WORDS, **journeys.WORDS}
