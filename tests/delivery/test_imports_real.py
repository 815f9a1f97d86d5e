"""The real strategy of 2012 and its history come in whole, with the figures that were counted by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from tests import homes

from penholder.delivery import imports, standing
from penholder.drafting import iterations, sealed_texts
from penholder.drafting.models import Document, Iteration
from penholder.formats import open as opening
from penholder.formats.select import Select
from penholder.publishing import changes, editions, passages

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

AT = datetime(2026, 11, 23, tzinfo=UTC)

# In MB; 104 when it was last measured. What a process held before it took anything in is not counted: it is a fresh one.
MEMORY = 250

# The high-water mark of the process itself: what `getrusage` tells survives `exec`, and is that of whoever started it.
TAKE_IN = """
import json, sys
from pathlib import Path
import django
django.setup()
from datetime import UTC, datetime
from penholder.delivery import imports
from penholder.formats import open as opening
from penholder.formats.select import Select
source = Path(sys.argv[1])
report = imports.take_in(opening.read(source, select=Select("all")), source=source.name, at=datetime.now(UTC))
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps({"iterations": report.iterations, "kilobytes": int(peak.split()[1])}))
"""


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.PENHOLDER_MEDIA = tmp_path / "media"


def take_in(path, mode="daily"):
    return imports.take_in(opening.read(path, select=Select(mode)), source=path.name, at=AT)


@pytest.mark.parametrize("name", ["tree", "strategy.bundle"])
def test_the_figures_are_those_of_the_source(shared, name):
    report = take_in(shared / "gds-2012" / name)
    assert (report.principles, report.actions, report.organisations) == (11, 14, 18)
    assert (report.responses, report.silent, report.not_applicable_proposed) == (235, 13, 11)
    assert report.drift == [6, 7, 11, 12]
    stands = standing.read()
    assert stands.counts()["asked"] == 235
    assert stands.counts()["silent"] == 13
    assert stands.counts()["not-applicable-proposed"] == 11
    assert stands.drift() == (6, 7, 11, 12)
    assert {answer.organisation for answer in stands.answers.values() if answer.silent} == {"dclg"}
    assert len(stands.by("dclg")) == 13
    assert len(stands.about(4)) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a process its high-water mark")
def test_all_134_commits_come_in_with_little_memory(shared, tmp_path):
    told = homes.environment(homes.begin(tmp_path))
    command = [sys.executable, "-c", TAKE_IN, str(shared / "gds-2012" / "strategy.bundle")]
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said["iterations"] > 50
    assert said["kilobytes"] < MEMORY * 1024


def test_all_134_commits_come_in_once(shared):
    first = take_in(shared / "gds-2012" / "strategy.bundle", "all")
    again = take_in(shared / "gds-2012" / "strategy.bundle", "all")
    assert again.nothing_new
    assert (again.iterations, again.skipped) == (first.iterations, 0)
    assert [problem for one in Iteration.objects.select_related("document") for problem in iterations.verify(one)] == []


def test_the_hole_of_december_2012_is_not_everything_removed(shared):
    take_in(shared / "gds-2012" / "strategy.bundle")
    sealed = list(iterations.listed("strategy"))
    sizes = [len(sealed_texts.read(iteration).text) for iteration in sealed]
    assert min(sizes) > max(sizes) / 2
    published = list(editions.listed("strategy"))
    texts = sealed_texts.read_many(edition.iteration_id for edition in published)
    for old, new in pairwise(published):
        changed = changes.between(old, new, texts=texts)
        assert changed.comparison.counts()["removed"] < len(changed.old_ids) / 2


def test_no_passage_name_is_lost_or_doubled_over_the_whole_history(shared):
    take_in(shared / "gds-2012" / "strategy.bundle")
    for document in Document.objects.all():
        texts = [sealed_texts.read(iteration) for iteration in iterations.listed(document.key)]
        for before, after, iteration in zip(texts, texts[1:], iterations.listed(document.key)[1:], strict=False):
            assert len(set(after.ids)) == len(after.ids)
            full = Iteration.objects.get(pk=iteration.pk)
            gone = {event["passage"] for event in full.events if event["kind"] in {"removed", "merged-into"}}
            assert set(before.ids) - set(after.ids) == gone
    everywhere = passages.places()
    assert {one.document for one in everywhere.values()} == set(Document.objects.values_list("key", flat=True))
