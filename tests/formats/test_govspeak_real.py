"""The real strategy of 2012, read from its folder: every figure that its readers know must come out."""

from __future__ import annotations

import html
import re

import pytest

from penholder import charts
from penholder.formats.govspeak import read_folder
from penholder.text import markdown
from penholder.text.html import render
from penholder.text.options import Options

# What would be the dialect's own marks, left over.
MARKUP = re.compile(
    r"\{:|\{/?div|\{include|\{\{|\}\}|&ellipsis;|\^(?:st|nd|rd|th)\^|\{TIMESTAMP|\{PDF|\{(?:big-)?pull|\{nav|\{page"
)


@pytest.fixture(scope="module")
def files(shared):
    root = shared / "gds-2012/tree"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def reading(files):
    return read_folder(files)


@pytest.fixture(scope="module")
def texts(reading):
    return {f"{d.key}/{s.key}": s.markdown for d in reading.documents for s in d.sections}


def test_principles_actions_departments_and_responses(reading):
    assert len(reading.principles) == 11
    assert [action.number for action in reading.actions] == list(range(1, 15))
    assert len(reading.organisations) == 18
    assert len(reading.responses) == 13 * 18 + 1
    assert all(action.principle for action in reading.actions)
    assert all(action.short_title for action in reading.actions)
    assert all(action.addresses == (f"/digital/strategy/actions/{action.number:02d}/",) for action in reading.actions)
    assert all(principle.motto for principle in reading.principles)


def test_one_department_is_silent_about_thirteen_actions(reading):
    assert {(r.organisation, r.action) for r in reading.responses if r.silent} == {
        ("dclg", n) for n in range(1, 15) if n != 4
    }


def test_eleven_responses_are_proposed_as_not_applicable(reading):
    assert {(r.organisation, r.action) for r in reading.responses if r.proposed_not_applicable} == {
        *(("hmt", n) for n in (2, 5, 6, 8, 11, 12, 13)),
        *(("dcms", n) for n in (5, 6)),
        *(("dfid", n) for n in (11, 13)),
    }
    assert {r.stance for r in reading.responses} == {"unstated"}


def test_four_actions_are_worded_differently_on_the_departments_pages(reading):
    assert reading.drift == (6, 7, 11, 12)


def test_departments_have_their_acronyms_and_addresses(reading):
    assert sorted(o.key for o in reading.organisations) == sorted(
        [
            "ago",
            "bis",
            "co",
            "dclg",
            "dcms",
            "decc",
            "defra",
            "dfe",
            "dfid",
            "dft",
            "dh",
            "dwp",
            "fco",
            "hmrc",
            "hmt",
            "ho",
            "mod",
            "moj",
        ]
    )
    assert {o.key for o in reading.organisations if not o.strategy_url} == {"dclg"}
    names = {o.key: o.name for o in reading.organisations}
    assert names["ago"] == "Attorney General’s Office"
    assert names["dcms"] == "Department for Culture, Media and Sport"


def test_every_heading_of_the_source_is_found(files, reading):
    lines = [line for path, data in files.items() if path.endswith(".md") for line in data.decode().split("\n")]
    assert reading.counts["headings"] == sum(bool(re.match(r" {0,3}#{1,6}", line)) for line in lines) == 365
    assert reading.counts["headings_without_space"] == 344


def test_documents_and_sections(reading):
    by_key = {document.key: document for document in reading.documents}
    assert [s.key[:6] for s in by_key["strategy"].sections] == [
        *("01-sum", "02-int", "03-wha", "04-the", "05-wha", "06-dev", "07-ass", "08-per", "09-act"),
        *("annex1", "annex2", "annex3", "annex4", "annex5"),
    ]
    assert (by_key["strategy"].title, by_key["strategy"].subtitle) == ("Government Digital Strategy", "November 2012")
    assert by_key["assisted-digital"].kind == "paper"
    assert len(by_key["case-studies"].sections) == 17
    assert sum(document.kind == "departmental" for document in reading.documents) == 17  # all but the silent one


def test_footnotes_are_tied_both_ways(texts):
    written = [(key, text) for key, text in texts.items() if key.startswith("assisted-digital/")]
    mentions = [(key, label) for key, text in written for label in re.findall(r"\[\^([^\]]+)\](?!:)", text)]
    definitions = [
        (key, label) for key, text in written for label in re.findall(r"^\[\^([^\]]+)\]:", text, re.MULTILINE)
    ]
    assert len(mentions) == 8
    assert sorted(mentions) == sorted(definitions)


def test_charts_figures_films_and_tables(texts):
    found = re.findall(r"^:{3,}\{(\w+)\}", "\n".join(texts.values()), re.MULTILINE)
    counts = {kind: found.count(kind) for kind in set(found)}
    assert counts == {"chart": 9, "table": 3, "figure": 3, "film": 6, "callout": 12 + 18}
    names = re.findall(r"^:name: (\S+)", texts["assisted-digital/annex1"], re.MULTILINE)
    assert names == [f"fig-{n}" for n in range(1, 7)]
    assert ":source: Cabinet Office, Digital Landscape Survey, August 2012" in "\n".join(texts.values())


def test_every_chart_can_be_drawn(texts):
    drawn = []

    def draw(kind, rows, **more):
        drawn.append((kind, len(rows)))
        return charts.draw(kind, rows, **more)

    problems = [p.message for text in texts.values() for p in render(text, options=Options(draw=draw)).problems]
    assert not [message for message in problems if "chart" in message]
    assert sorted(drawn) == [("share", 3), ("share", 6), *[("stacked", 2)] * 6, ("stacked", 5)]


def test_no_cell_of_a_table_is_lost_or_invented(files, texts):
    """Counts every cell's words in the source by a plain reading of its own, and looks for each in the result."""
    cells = set()
    for path, data in files.items():
        for line in data.decode().split("\n") if path.endswith(".md") else ():
            if line.strip().startswith("|") and not re.fullmatch(r"[\s|:-]+", line):
                cells.update(" ".join(cell.split()) for cell in line.strip().strip("|").split("|"))
    ours = {
        " ".join(cell.split())
        for text in texts.values()
        for line in text.split("\n")
        if line.startswith("|") and not re.fullmatch(r"[\s|:-]+", line)
        for cell in line.strip("|").split("|")
    }
    assert len(cells) > 90
    assert cells <= ours
    # One table of the source has no outer pipes, so the plain reading above misses its six cells.
    assert len(ours - cells) == 6


def test_captions_are_read_and_films_name_them(reading, texts):
    assert sorted(a.path for a in reading.assets if a.media_type == "text/vtt") == [
        "films/active-leadership.vtt",
        "films/digital-services.vtt",
        "films/management-info.vtt",
    ]
    for name in ("active-leadership", "digital-services", "management-info"):
        assert f":captions: films/{name}.vtt\n:transcript: films/{name}.md" in texts[f"case-studies/{name}"]


def test_every_word_of_the_strategy_is_kept(files, texts):
    """No paragraph of the source is dropped: each run of eight plain words in it stands in the result."""
    ours = re.sub(r"[^a-z0-9]+", " ", " ".join(texts.values()).lower())
    missing = []
    for path, data in files.items():
        if not re.search(r"digital/(strategy|assisted)/(0[1-9]|annex)[^/]*\.md$|case-studies/_", path):
            continue
        for paragraph in re.split(r"\n\s*\n", data.decode()):
            if re.search(r"[{}<>|]|youtube|Principle:|Action \d|!\[|“[^”]+”\*$|\"\*$", paragraph):
                continue
            words = re.sub(r"[^a-z0-9]+", " ", paragraph.lower()).split()
            runs = [" ".join(words[at : at + 8]) for at in range(0, max(len(words) - 7, 1), 8)]
            missing += [(path, run) for run in runs if run and run not in ours]
    assert missing == []


def test_no_markup_is_left_as_text(reading, texts):
    assert {key: MARKUP.findall(text) for key, text in texts.items() if MARKUP.search(text)} == {}
    for text in texts.values():
        shown = html.unescape(re.sub(r"<[^>]*>", " ", render(text).html))
        assert not MARKUP.search(shown)
        assert not MARKUP.search(markdown.plain(text))
        assert not re.search(r":::|</?(?:div|p|a|script|figure)\b|\]\(|^#{1,6}\S", shown, re.MULTILINE)
    assert not [r for r in reading.responses if MARKUP.search(r.markdown)]
    assert not [o for o in reading.organisations if "<" in o.name]


def test_the_result_is_house_markdown_that_the_renderer_accepts(reading, texts):
    problems = {
        problem.message.split(".")[0]
        for text in texts.values()
        for problem in render(text).problems
        # Pictures are resolved by the site, and three films have captions but are not in the source themselves.
        if "picture" not in problem.message and "film" not in problem.message and "transcript" not in problem.message
    }
    assert problems == set()


def test_what_could_not_be_read_is_named_and_nothing_is_an_error(reading):
    assert {u.severity for u in reading.unread} == {"note", "warning"}
    assert sum("picture" in u.what and u.severity == "warning" for u in reading.unread) == 24
    assert all(u.file for u in reading.unread)
    assert any("transcript-tor-intro.xml" in u.what and u.line == 46 for u in reading.unread)


def test_reading_twice_gives_the_same(files, reading):
    assert read_folder(dict(reversed(files.items()))) == reading
