"""Several people in one instant, on real connections of both engines: every section once, every saved word there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests import homes

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow

START = """
import json, sys, time
from pathlib import Path
from importlib import import_module
import_module("penholder.config.instance").start()
from datetime import UTC, datetime
from penholder.drafting import documents, drafts, outlines, writing
from penholder.drafting.documents import Draft
from penholder.drafting.models import Document
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Post
AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
NAMES = ("one", "two", "three", "four", "five")
BASE = "## Three\\n\\nAda alone wrote here. Then Ben came along. Later on, Cleo helped them all.\\n"
"""
PREPARE = """
body = Organisation.objects.create(key="centre", name="The centre")
Post.objects.create(organisation=body, key="pen", title="Pen", role="pen")
texts = [Draft(name, name.title(), BASE if name == "three" else f"## {name.title()}\\n\\nText.\\n") for name in NAMES]
documents.put(key="strategy", kind="strategy", title="Strategy", sections=texts)
"""
ACT = """
document, by = Document.objects.get(), Acting(Post.objects.select_related("organisation").get(), name=sys.argv[2])
print("ready", flush=True)
while not Path(sys.argv[1]).exists():
    time.sleep(0.001)
if sys.argv[3] == "move":
    for after in sys.argv[4:]:
        outlines.move(document_id=document.pk, section="two", after=after, by=by, at=AT)
    print("moved")
else:
    text = BASE.replace(sys.argv[4], sys.argv[5])
    done = writing.save(document_id=document.pk, section="three", base=BASE, text=text, by=by, at=AT)
    print("asked" if done.sequence is None else "saved")
"""
LOOK = """
reading = drafts.read(Document.objects.get().pk)
rows = list(Document.objects.get().sections.values_list("key", flat=True))
print(json.dumps([[one.key for one in reading.sections], rows, reading.section("three").text]))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def start(request, tmp_path):
    """Starts a program on one database."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_database")
    told = homes.environment(homes.begin(tmp_path), url)

    def run(script, *words):
        return subprocess.Popen(
            [sys.executable, "-c", START + script, *words],
            cwd=ROOT, env=told, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    return run


def test_movers_and_writers_at_once_leave_every_section_once_and_every_saved_word(start, tmp_path):
    prepared = start(PREPARE)
    _, errors = prepared.communicate()
    assert prepared.returncode == 0, errors
    go = str(tmp_path / "go")
    acts = [
        ("Ada", "save", "alone wrote", "by herself wrote"),
        ("Ben", "save", "came along", "joined her"),
        ("Cleo", "save", "them all", "everybody"),
        ("Dan", "save", "them all", "nobody"),
        ("Eve", "move", "five", "one", "four"),
        ("Fay", "move", "three", "", "five"),
    ]
    running = [start(ACT, go, *words) for words in acts]
    for process in running:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    Path(go).touch()
    said = []
    for process in running:
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        said.append(out.strip())
    order, rows, text = json.loads(start(LOOK).communicate()[0])
    assert order == rows
    assert sorted(order) == ["five", "four", "one", "three", "two"]
    assert "by herself wrote here. Then Ben joined her." in text
    # Of two who changed one phrase the first is saved, and the second is asked.
    assert sorted(said[2:4]) == ["asked", "saved"]
    assert ("helped everybody" in text) == (said[2] == "saved")
    assert ("helped nobody" in text) == (said[3] == "saved")


ACCEPT = """
import threading
from django.db import connection
from penholder.drafting import naming, suggestions
from penholder.drafting.contributions import Suggestion
from penholder.drafting.seats import Seat
from penholder.errors import PenholderError
from penholder.record.models import Entry
document = Document.objects.get()
by = Seat(document.pk, Acting(Post.objects.select_related("organisation").get(), name="Pia"), decides=True)
passage = next(one for one in naming.names(document).part("one").passages if one.block.source == "Text.")
row = suggestions.make(document_id=document.pk, what="insert", section="one", passage=passage.name, proposed="Once.",
                       weight="c", reason="It is missing.", by=by, at=AT)
start, said = threading.Barrier(8), []
def accept():
    start.wait()
    try:
        suggestions.accept(suggestion_id=row.pk, by=by, at=AT)
        said.append("accepted")
    except PenholderError as problem:
        said.append(str(problem))
    finally:
        connection.close()
threads = [threading.Thread(target=accept) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
print(json.dumps([said, drafts.read(document.pk).section("one").text, Suggestion.objects.get().fate,
                  Entry.objects.filter(act="suggestion.accepted").count()]))
"""


def test_of_eight_who_accept_one_suggestion_in_one_instant_one_does_and_the_text_has_it_once(start):
    out, errors = start(PREPARE + ACCEPT).communicate(timeout=300)
    assert out, errors
    said, text, fate, written = json.loads(out.splitlines()[-1])
    assert (said.count("accepted"), len(said)) == (1, 8)
    assert sum("somebody was there first" in one for one in said) == 7
    assert (text.count("Once."), fate, written) == (1, "accepted", 1)
