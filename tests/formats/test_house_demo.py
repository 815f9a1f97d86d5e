from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest

from penholder import demo
from penholder.formats import folders, history
from penholder.text.compare import compare
from penholder.text.markdown import blocks


@pytest.fixture(scope="module")
def snapshots():
    return list(history.read(folders.load(demo.folder()).files))


def text_of(snapshot):
    return "\n\n".join(section.markdown for section in snapshot.reading.documents[0].sections)


def test_it_reads_without_a_word_of_complaint(snapshots):
    assert [one for snapshot in snapshots for one in snapshot.reading.unread] == []


def test_it_has_the_real_counts(snapshots):
    reading = snapshots[-1].reading
    assert len(reading.principles) == 11
    assert [action.number for action in reading.actions] == list(range(1, 15))
    assert len(reading.organisations) == 18
    assert len(reading.responses) == 235
    assert Counter(r.organisation for r in reading.responses if r.silent) == {"dclg": 13}
    claimed = [r for r in reading.responses if r.proposed_not_applicable or r.stance == "not-applicable"]
    assert Counter(r.organisation for r in claimed) == {"hmt": 7, "dcms": 2, "dfid": 2}
    assert all(r.reason for r in claimed)
    assert 0 < sum(bool(r.accepted_by) for r in claimed) < 11
    assert [r.organisation for r in reading.responses if r.action == 4] == ["cabinet-office"]


def test_three_drafts_come_before_eight_editions(snapshots):
    assert [snapshot.published for snapshot in snapshots] == [False] * 3 + [True] * 8
    assert all(snapshot.reason for snapshot in snapshots)
    assert all(older.at < newer.at for older, newer in pairwise(snapshots))


def test_no_two_neighbours_are_the_same(snapshots):
    for older, newer in pairwise(snapshots):
        assert older.reading.documents != newer.reading.documents, newer.label


def test_the_drafts_show_what_comparison_can_do(snapshots):
    kinds: Counter[str] = Counter()
    moved = 0
    for older, newer in pairwise(snapshots[:4]):
        comparison = compare(blocks(text_of(older)), blocks(text_of(newer)))
        kinds.update(change.kind for change in comparison.changes)
        moved += sum(change.moved for change in comparison.changes)
    assert {"kept", "edited", "inserted", "removed"} <= set(kinds)
    assert moved >= 3
    assert kinds["split"] >= 1
    assert kinds["merged"] >= 1


def test_the_dates_of_action_7_move_in_public(snapshots):
    titles = [next(a.title for a in s.reading.actions if a.number == 7) for s in snapshots[-3:]]
    assert "March 2013" in titles[0]
    assert "July 2013" in titles[1]
    assert "Action 7" in snapshots[-2].reason


def test_every_kind_of_thing_is_shown(snapshots):
    kinds: Counter[str] = Counter()
    charts = set()
    for document in snapshots[-1].reading.documents:
        for section in document.sections:
            for block in blocks(section.markdown):
                kinds[block.kind] += 1
                if block.kind == "chart":
                    charts.add(block.source.split()[1])
    assert charts == {"bar", "share", "line", "stacked"}
    assert {"figure", "film", "footnote", "callout", "table", "term", "quote" if kinds["quote"] else "item"} <= set(
        kinds
    )


def test_responses_are_long_enough_to_say_something(snapshots):
    counts = [len(r.markdown.split()) for r in snapshots[-1].reading.responses if not r.silent]
    assert len(counts) == 222
    assert min(counts) >= 7
    assert sum(counts) > 6000


def test_no_two_responses_say_the_same(snapshots):
    said = [r.markdown for r in snapshots[-1].reading.responses if not r.silent]
    assert len(said) == len(set(said))


def words(text):
    return re.findall(r"[a-z0-9£%]+", text.lower())


def test_no_sentence_is_copied_from_the_original(shared):
    originals = " || ".join(
        " ".join(words(path.read_text(errors="replace")))
        for path in sorted((shared / "gds-2012" / "tree").rglob("*"))
        if path.suffix in {".md", ".html", ".xml"}
    )
    assert len(originals) > 100_000
    copied = []
    for path in sorted(demo.folder().rglob("*.md")):
        text = re.sub(r"\{[^{}]*\}|\]\([^)]*\)", " ", path.read_text())
        for sentence in re.split(r"(?<=[.!?:;])\s+|\n\s*\n|\n[-|#>]", text):
            said = words(sentence)
            if len(said) >= 8 and " ".join(said) in originals:
                copied.append((path.name, " ".join(said)))
    assert copied == []
