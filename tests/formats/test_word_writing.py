from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from lxml import etree
from PIL import Image
from tests.text.markdowns import house_markdown

from penholder.formats import libreoffice, office
from penholder.formats import open as opening
from penholder.formats.word import carried
from penholder.formats.word.outgoing import Discussion, Outgoing, Proposal, Said
from penholder.formats.word.placing import place
from penholder.formats.word.reading import read
from penholder.formats.word.returned import Origin
from penholder.formats.word.writing import write
from penholder.text.canonical import canonical
from penholder.text.leaves import leaves
from penholder.text.markdown import blocks

AT = datetime(2012, 11, 6, 9, 30, tzinfo=UTC)

PLAN = """## Boards lead {#boards}

Every *old* board has a [leader](https://example.org/a).[^1] And `code`.

- one
- two
    - inner

3. third
4. fourth

   more of it

> Quoted words.

:::{figure} figures/map.png
:alt: A map of offices
:source: Property register
Where the offices are.
:::

:::{table}
Who leads.

| Department | Leaders |
|------------|--------:|
| Revenue    |       1 |
:::

:::{callout} note
:title: Mind
Call *out*.
:::

Digital by default
: So good that people prefer it.

    code line

[^1]: Of those who *began*.
"""


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return out.getvalue()


def made(*texts: str, **more) -> bytes:
    return write(Outgoing("A plan", texts or (PLAN,), pictures=lambda _path: picture(), **more))


def told(data: bytes):
    return read(data, name="plan.docx")


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.read(name).decode()


def whole_words(text: str) -> list[str]:
    return [leaf.words for leaf in leaves(text)]


def test_every_leaf_comes_out_as_a_paragraph_with_its_words():
    found = [one.words for one in told(made()).paragraphs]
    assert [words for words in whole_words(PLAN) if words not in found] == []


def test_headings_items_and_table_heads_are_what_they_are():
    data = made()
    assert [one.words for one in told(data).paragraphs if one.style == "heading 2"] == ["Boards lead"]
    assert [one.words for one in told(data).paragraphs if one.style == "item"] == [
        "one", "two", "inner", "third", "fourth",
    ]  # fmt: skip
    assert part(data, "word/document.xml").count("<w:tblHeader/>") == 1
    assert 'w:start="3"' in part(data, "word/numbering.xml") or 'w:val="3"' in part(data, "word/numbering.xml")


def test_a_picture_says_what_it_shows():
    assert 'descr="A map of offices"' in part(made(), "word/document.xml")


@pytest.mark.parametrize("language", ["en-GB", "cy-GB"])
def test_the_language_is_told(language):
    data = made(language=language)
    assert f'<w:lang w:val="{language}"/>' in part(data, "word/styles.xml")
    assert f"<dc:language>{language}</dc:language>" in part(data, "docProps/core.xml")


def test_where_the_text_comes_from_is_told():
    origin = Origin("strategy", 3, "ab" * 32)
    assert told(made(origin=origin)).origin == origin


def test_the_same_text_is_the_same_bytes():
    assert made() == made()


@settings(max_examples=60, deadline=None)
@given(house_markdown)
@example("A[^n].\n\n[^n]: First.\n[^n]: take-up")
def test_whatever_is_written_every_part_is_xml_and_the_words_come_back(source):
    data = write(Outgoing("Title", (source,)))
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for name in opened.namelist():
            etree.fromstring(opened.read(name))
    found = [one.words for one in told(data).paragraphs]
    wanted = [leaf.words for leaf in leaves(source) if leaf.places]
    missing = [words for words in wanted if words not in found and "![" not in source]
    assert missing == []


@settings(max_examples=60, deadline=None)
@given(house_markdown)
@example(": *plain*")
def test_an_export_that_comes_back_untouched_is_the_same_canonical_text(source):
    data = write(Outgoing("Title", (source, "## Last\n")))
    texts = carried.untouched(data, name="plan.docx")
    assert texts in {(canonical(source), "## Last\n"), ()}
    if "![" not in source:
        assert texts == (canonical(source), "## Last\n")


def test_an_untouched_export_is_imported_with_names_and_directives(tmp_path):
    path = tmp_path / "plan.docx"
    path.write_bytes(made(PLAN, "## Second\n\nLast.\n"))
    (snapshot,) = opening.read(path)
    assert [one.markdown for one in snapshot.reading.documents[0].sections] == [PLAN, "## Second\n\nLast.\n"]
    assert [one.path for one in snapshot.reading.assets] == ["figures/map.png"]
    assert any("formatting left aside" in one.what for one in snapshot.reading.unread)


def test_what_was_changed_in_an_export_is_read_from_the_document_itself(tmp_path):
    data = made()
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as new:
            for entry in old.infolist():
                other = b"Other words." if entry.filename == "word/document.xml" else b"Quoted words."
                new.writestr(entry, old.read(entry).replace(b"Quoted words.", other))
    assert carried.untouched(out.getvalue(), name="plan.docx") == ()


def test_pandoc_reads_the_kinds_of_passages_that_were_written():
    reading = office.read(made(), name="plan.docx")
    kinds = {block.kind for one in reading.documents[0].sections for block in blocks(one.markdown)}
    assert {"heading", "paragraph", "item", "quote", "table", "footnote", "figure"} <= kinds


PROPOSALS = (
    Proposal("replace", 1, "Every *young* board needs a [leader](https://example.org/a).[^1] And `code`.", "Ada", AT),
    Proposal("insert", 2, "- one and a half", "Ben", AT),
    Proposal("delete", 3, "", "Cat", AT),
)
TALK = Discussion(1, (Said("Eve", AT, "Really?"), Said("Ada", AT, "Yes.")), start=12, end=17, resolved=True)


def test_suggestions_go_out_as_tracked_changes_of_their_authors_and_come_back_as_the_same():
    data = made(proposals=PROPOSALS)
    placement = place(told(data), PLAN, PLAN)
    assert placement.unplaced == ()
    found = {(one.change.author, one.becomes) for one in placement.changes}
    assert ("Ben", "- one and a half\n\n- two") in found
    assert ("Cat", "") in found
    assert {author for author, _ in found} == {"Ada", "Ben", "Cat"}
    assert [one.words for one in told(data).paragraphs if one.words in whole_words(PLAN)]


def test_threads_go_out_as_comments_with_replies_and_come_back_on_the_same_words():
    (comment,) = told(made(discussions=(TALK,))).comments
    assert (comment.quote, comment.text, comment.author, comment.resolved) == ("board", "Really?", "Eve", True)
    assert [(one.author, one.text) for one in comment.replies] == [("Ada", "Yes.")]


def test_a_suggestion_that_cannot_stand_in_the_text_stands_in_a_comment():
    second = Proposal("replace", 1, "Boards lead.", "Dan", AT, "Suggestion 4")
    back = told(made(proposals=(*PROPOSALS, second)))
    (comment,) = back.comments
    assert comment.author == "Dan"
    assert comment.text == "Suggestion 4\n\nIt would read:\n\nBoards lead."


@pytest.mark.parametrize(("language", "page"), [("en-GB", "Page  of "), ("cy-GB", "Tudalen  o ")])
def test_each_page_says_at_its_foot_which_text_it_is_and_which_page(language, page):
    data = write(Outgoing("Plan & more", (PLAN,), language=language, state="Iteration 3, Narrative"))
    foot = part(data, "word/footer1.xml")
    runs = "".join(re.findall(r"(?<!<w:r>)<w:r>(?:<w:tab/>)?<w:t xml:space=\"preserve\">([^<]*)", foot))
    assert runs == f"Plan &amp; more · Iteration 3, Narrative{page}"
    assert re.findall(r'instr=" (\w+) "', foot) == ["PAGE", "NUMPAGES"]
    name = re.search(r'<w:footerReference w:type="default" r:id="(\w+)"', part(data, "word/document.xml"))[1]
    assert (
        f'Id="{name}"' in re.search(r"<Relationship [^>]*footer1[^>]*>", part(data, "word/_rels/document.xml.rels"))[0]
    )


def test_columns_of_a_table_are_as_wide_as_their_words_ask_for():
    table = f"| Step | What it is |\n|---|---|\n| 1 | {'Words. ' * 12} |\n"
    widths = [
        int(one) for one in re.findall(r'gridCol w:w="(\d+)"', part(write(Outgoing("", (table,))), "word/document.xml"))
    ]
    assert widths[0] * 5 < widths[1]
    assert sum(widths) <= 9026


def test_a_text_without_suggestions_has_no_tracked_changes():
    assert not re.search(r"<w:(ins|del) ", part(made(), "word/document.xml"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_libreoffice_keeps_what_was_suggested_and_said(kind):
    if not libreoffice.program():
        pytest.skip("LibreOffice is not installed")
    data = made(proposals=PROPOSALS, discussions=(TALK,), origin=Origin("strategy", 3, "ab" * 32))
    saved = libreoffice.convert(data, "docx", "odt", name="plan")
    if kind == "docx":
        saved = libreoffice.convert(saved, "odt", "docx", name="plan")
    back = read(saved, name=f"plan.{kind}")
    assert back.origin == Origin("strategy", 3, "ab" * 32)
    assert {one.author for one in back.changes} == {"Ada", "Ben", "Cat"}
    # LibreOffice gives what was answered to a comment as a comment of its own, on the same words.
    assert {(one.quote, one.author) for one in back.comments} == {("board", "Eve"), ("board", "Ada")}
    assert place(back, PLAN, PLAN).unplaced == ()
