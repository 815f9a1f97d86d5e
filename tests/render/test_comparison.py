from __future__ import annotations

import io
import re
import shutil
import subprocess

import pytest
from lxml import html
from rich.console import Console

from penholder.render.comparison_html import comparison_html
from penholder.render.comparison_pdf import comparison_pdf
from penholder.render.comparison_terminal import comparison_text
from penholder.seal import digest
from penholder.text.compare import compare
from penholder.text.passages import Block
from penholder.text.wording import wording

SKILLS = "Departments will improve digital capability across the civil service and publish their plans every year."
LEADERS = "Each Digital Leader sits on the board of a department, and answers for its strategy and its services."
HOSTILE = '#read("/etc/passwd") ] $ #panic() <script>alert(1)</script> \\ "quoted" \x1b[2J *'
TABLE = "| Year | Share |\n|---|---:|\n| 2012 | 15 |\n| 2013 | 20 |"


def block(source, kind="paragraph", plain=None, **rest):
    return Block(kind, source, source if plain is None else plain, 0, 1, digest(source), **rest)


OLD = [block(SKILLS), block(LEADERS), block("One."), block("Two."), block("Three."), block(TABLE, "table")]
NEW = [
    block(LEADERS.replace("sits", f"sits {HOSTILE}")),
    block(SKILLS),
    *OLD[2:5],
    block(TABLE.replace("15", "16") + "\n| 2014 | 30 |", "table"),
]


@pytest.fixture
def three():
    return compare(OLD, NEW), OLD, NEW


def test_html_marks_changes_in_words_as_well_as_in_elements(three):
    tree = html.fromstring(comparison_html(*three))
    inserted = tree.xpath("//ins")[0]
    assert inserted.xpath("./span[@class='visually-hidden']/text()") == ["[inserted: ", " end of inserted] "]
    assert not tree.xpath("//@style | //script | //@onclick")


def test_every_link_of_a_move_leads_somewhere(three):
    tree = html.fromstring(comparison_html(*three, prefix="a"))
    links = tree.xpath("//a/@href")
    assert links == ["#a-0-from", "#a-0"]
    assert {link[1:] for link in links} <= set(tree.xpath("//@id"))
    assert tree.xpath("//a/text()") == ["moved up from here", "moved up to here"]


def test_html_shows_hostile_text_as_text(three):
    page = comparison_html(*three)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_changed_cells_of_a_table_are_shown_in_their_table(three):
    tree = html.fromstring(comparison_html(*three))
    rows = [[cell.text_content() for cell in row.xpath("./td|./th")] for row in tree.xpath("//table//tr")]
    assert len(rows) == 4
    assert rows[0] == ["Year", "Share"]
    assert [cell.text for cell in tree.xpath("//table//del/span[1]")] == ["[removed: "]
    assert rows[2] == ["2013", "20"]
    assert "2014" in rows[3][0]


def test_unchanged_passages_are_counted_and_can_be_shown(three):
    assert "1 unchanged passage<" in comparison_html(*three)
    assert "unchanged passage" not in comparison_html(*three, context=None)
    assert "Nothing changed." in comparison_html(compare(OLD, OLD), OLD, OLD)


def test_words_of_its_own_can_be_translated(three):
    page = comparison_html(*three, say=lambda words: words.upper())
    assert "MOVED AND EDITED" in page
    assert "1 UNCHANGED PASSAGE" in page


def test_a_terminal_without_colour_says_the_same(three, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    Console(file=out, force_terminal=True, width=300).print(comparison_text(*three))
    assert "[-15-]{+16+}" in re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert "Moved and edited (stood further down)" in re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", out.getvalue())
    assert "\x1b[2J" not in out.getvalue(), "a text may not clear the screen"


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        (block("A **b** c", plain="A b c"), block("A b c"), "Only the formatting changed."),
        (
            block("[A](x.md) b c", plain="A b c"),
            block("[A](y.md) b c", plain="A b c"),
            "A link led to x.md, leads to y.md.",
        ),
        (block("A b c"), block("- A b c", "item", plain="A b c", level=1), "Was a paragraph, is a item."),
        (
            block("# A b c", "heading", "A b c", level=1),
            block("## A b c", "heading", "A b c", level=2),
            "Was a heading of level 1, is one of level 2.",
        ),
    ],
)
def test_what_words_do_not_show_is_said(old, new, note):
    (change,) = compare([old], [new]).changes
    assert change.kind == "edited"
    assert wording(change, [old], [new]).notes == (note.replace("a item", "an item"),)


def test_a_column_that_comes_is_shown_as_one():
    wide = "| Year | Of | Share |\n|---|---|---|\n| 2012 | all | 15 |\n| 2013 | some | 20 |"
    old, new = [block(TABLE, "table")], [block(wide, "table")]
    (change,) = compare(old, new).changes
    rows = wording(change, old, new).rows
    assert [[(run.op, run.text) for run in cell] for cell in rows[1]] == [
        [("same", "2012")],
        [("inserted", "all")],
        [("same", "15")],
    ]


def test_the_pdf_is_tagged_and_always_the_same(three):
    first = comparison_pdf(*three, title=HOSTILE)
    assert first == comparison_pdf(*three, title=HOSTILE)
    assert first.startswith(b"%PDF-")
    assert b"pdfuaid" in first
    assert b"/StructTreeRoot" in first


def test_no_text_is_run_by_the_typesetter():
    """Each of these would stop the typesetter, or read a file, if it were anything but text."""
    for text in ('#read("/etc/passwd")', "#panic()", "$", "]", '#include "x.typ"', "\\", "*_`<@", "\u202e", "\x00"):
        old, new = [block("Before.")], [block(text), block(LEADERS)]
        assert comparison_pdf(compare(old, new), old, new, title=text or "x").startswith(b"%PDF-")


def test_a_letter_that_no_font_has_does_not_stop_the_pdf():
    old, new = [], [block("Well done 🎉 漢字")]
    assert comparison_pdf(compare(old, new), old, new, title="Changed").startswith(b"%PDF-")


def test_the_pdf_holds_the_words(three, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("there is no pdftotext here: apt-get install poppler-utils")
    (tmp_path / "c.pdf").write_bytes(comparison_pdf(*three, title="What changed"))
    done = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "c.pdf"), "-"], capture_output=True, text=True, check=True
    )
    assert '#read("/etc/passwd")' in done.stdout.replace("“", '"').replace("”", '"')
    assert "root:" not in done.stdout
    assert "[-15-]" in done.stdout
