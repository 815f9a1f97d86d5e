from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import zipfile

import pypandoc
import pytest

from penholder.errors import Refused
from penholder.formats import office, pandoc
from penholder.text.markdown import blocks

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

PLAN = """---
title: A plan for all
---

Words before any heading.

# Principle: Lead from the top {#lead}

Said first.[^one]

## Action 01: Boards have a leader {#boards}

See [the tables](#tables).

- one
- two
    - inner

# Tables {#tables}

| Item | Number |
|------|-------:|
| a    |      1 |
| b    |      2 |

Said again.[^two]

![What it shows](picture.png)

A ~~struck~~ word, x^2^ and H~2~O.

    code & more

[^one]: First *note*.

[^two]: Second note.

    With a second paragraph.
"""


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    (folder / "picture.png").write_bytes(PNG)

    def made(kind: str, text: str = PLAN, source: str = "markdown") -> bytes:
        path = folder / f"made.{kind}"
        subprocess.run(
            [pypandoc.get_pandoc_path(), "-f", source, "-o", str(path)],
            input=text.encode(),
            cwd=folder,
            check=True,
        )
        return path.read_bytes()

    return made


def changed(data: bytes, part: str, change) -> bytes:
    """The same zip with one of its files changed, or without it when `change` gives None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            content = change(content) if entry.filename == part else content
            if content is not None:
                new.writestr(entry, content)
    return out.getvalue()


def whole(reading):
    return "\n".join(section.markdown for section in reading.documents[0].sections)


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_headings_make_sections(make, kind):
    reading = office.read(make(kind), name=f"plan.{kind}")
    document = reading.documents[0]
    assert document.title == "A plan for all"
    assert [(section.key, section.title) for section in document.sections] == [
        ("01-introduction", "Introduction"),
        ("02-lead-from-the-top", "Lead from the top"),
        ("03-tables", "Tables"),
    ]
    assert document.sections[1].markdown.startswith("## Lead from the top {#principle-01 .principle}\n")
    assert "A plan for all" not in document.sections[0].markdown


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_principles_and_actions_are_recognised_by_their_headings(make, kind):
    reading = office.read(make(kind), name=f"plan.{kind}")
    assert [(p.number, p.title) for p in reading.principles] == [(1, "Lead from the top")]
    assert [(a.number, a.title, a.principle, a.name) for a in reading.actions] == [
        (1, "Boards have a leader", 1, "action-01")
    ]


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_tables_lists_and_pictures_come_through(make, kind):
    reading = office.read(make(kind), name=f"plan.{kind}")
    kinds = {block.kind for section in reading.documents[0].sections for block in blocks(section.markdown)}
    assert {"table", "item", "figure", "footnote", "heading", "paragraph"} <= kinds
    assert re.search(r"\| *b *\| *2 *\|", whole(reading))
    assert [asset.media_type for asset in reading.assets] == ["image/png"]
    assert reading.assets[0].path in whole(reading)
    assert reading.assets[0].data == PNG


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_each_footnote_stands_in_the_section_that_refers_to_it_under_a_label_of_its_own(make, kind):
    sections = office.read(make(kind), name=f"plan.{kind}").documents[0].sections
    assert "[^1]: First *note*." in sections[1].markdown
    assert "[^2]" not in sections[1].markdown
    assert "[^2]: Second note.\n\n    With a second paragraph." in sections[2].markdown
    assert "[^1]" not in sections[2].markdown


def test_what_the_house_dialect_has_no_mark_for_is_told(make):
    reading = office.read(make("docx"), name="plan.docx")
    assert any("struck-out" in one.what for one in reading.unread)
    assert "A struck word, x<sup>2</sup> and H<sub>2</sub>O." in whole(reading)


def test_a_link_inside_the_document_finds_its_heading_or_becomes_words(make):
    text = "# One\n\nSee [two](#two) and [gone](#nowhere).\n\n# Two\n\nX\n"
    reading = office.read(make("docx", text), name="a.docx")
    sections = reading.documents[0].sections
    named = re.search(r"\]\(#([\w-]+)\)", sections[0].markdown)
    assert named is None or f"{{#{named[1]}}}" in sections[1].markdown
    assert "(#nowhere)" not in whole(reading)
    assert any("a place that is not in the document" in one.what for one in reading.unread)


def test_under_one_title_the_second_level_makes_the_sections(make):
    document = office.read(make("docx", "# Plan\n\n## One\n\na\n\n## Two\n\nb\n"), name="a.docx").documents[0]
    assert document.title == "Plan"
    assert [section.title for section in document.sections] == ["One", "Two"]
    assert document.sections[0].markdown == "## One\n\na\n"


def test_words_that_look_like_house_markup_stay_words(make):
    text = (
        "# One\n\n\\:::{film} https://example.org/x\n\n\\<script\\>alert(1)\\</script\\> \\&amp; [^9] \\{#id\\}\n\n"
        "# Two \\{#evil .action\\}\n\nx\n"
    )
    reading = office.read(make("docx", text), name="a.docx")
    found = [block for section in reading.documents[0].sections for block in blocks(section.markdown)]
    assert {block.kind for block in found} == {"heading", "paragraph"}
    assert [block.name for block in found] == [""] * len(found)
    words = " ".join(block.plain for block in found)
    assert "<script>alert(1)</script> &amp; [^9] {#id}" in words
    assert ":::{film} https://example.org/x" in words
    assert reading.actions == ()


def test_raw_html_that_pandoc_lets_through_becomes_text():
    tree = {"blocks": [{"t": "RawBlock", "c": ["html", "<script>x</script>"]}]}
    simplifier = office.Simplifier(lambda target: "")
    tree["blocks"] = simplifier.blocks(tree["blocks"])
    written = pandoc.to_markdown({"pandoc-api-version": [1, 23, 1], "meta": {}, **tree}, name="x")
    assert [block.plain for block in blocks(written)] == ["<script>x</script>"]
    assert simplifier.changed["raw"] == 1


def test_cells_that_span_others_are_neither_lost_nor_invented(make):
    html = (
        "<table><tr><th>A</th><th>B</th><th>C</th></tr>"
        "<tr><td rowspan=2>1</td><td colspan=2>2</td></tr><tr><td>3</td><td>4</td></tr></table>"
    )
    reading = office.read(make("docx", html, "html"), name="a.docx")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in whole(reading).splitlines() if line]
    assert rows[0] == ["A", "B", "C"]
    assert rows[2:] == [["1", "2", ""], ["", "3", "4"]]
    assert any("span others" in one.what for one in reading.unread)


def test_paragraphs_in_a_cell_stand_on_lines_of_their_own(make):
    html = "<table><tr><th>A</th></tr><tr><td><p>one</p><p>two</p><ul><li>x</li></ul></td></tr></table>"
    assert "one<br>two<br>• x" in whole(office.read(make("docx", html, "html"), name="a.docx"))


def test_tracked_changes_in_word_are_accepted_and_told(make):
    def track(part):
        new = b'<w:ins w:id="1" w:author="Ada" w:date="2012-11-06T00:00:00Z"><w:r><w:t>added</w:t></w:r></w:ins>'
        old = b'<w:del w:id="2" w:author="Ada" w:date="2012-11-06T00:00:00Z"><w:r><w:delText>gone</w:delText></w:r></w:del>'
        return part.replace(b"</w:body>", b"<w:p>" + new + old + b"</w:p></w:body>")

    reading = office.read(changed(make("docx"), "word/document.xml", track), name="plan.docx")
    assert "added" in whole(reading)
    assert "gone" not in whole(reading)
    assert [one.what for one in reading.unread if "tracked" in one.what] == [
        "2 tracked changes were taken as accepted. Accept or reject them in the document to be sure."
    ]


def test_tracked_changes_in_opendocument_are_told(make):
    def track(part):
        region = (
            b"<text:tracked-changes><text:changed-region><text:insertion/></text:changed-region></text:tracked-changes>"
        )
        return re.sub(rb"<office:text[^>]*>", lambda found: found[0] + region, part, count=1)

    reading = office.read(changed(make("odt"), "content.xml", track), name="plan.odt")
    assert any(one.what.startswith("1 tracked change was taken as accepted") for one in reading.unread)


def test_comments_are_left_out_and_told(make):
    text = '# One\n\nA [remark]{.comment-start id="1" author="Ada"}word[]{.comment-end id="1"} here.\n'
    reading = office.read(make("docx", text), name="a.docx")
    assert "remark" not in whole(reading)
    assert "1 comment was left out." in [one.what for one in reading.unread]


def test_an_action_number_that_stands_twice_is_an_error(make):
    reading = office.read(make("docx", "# Action 01: A\n\nx\n\n# Action 1: B\n\ny\n"), name="a.docx")
    assert [(one.severity, one.file) for one in reading.unread] == [("error", "a.docx")]


def test_a_picture_that_is_not_there_is_told(make):
    data = make("docx")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        lost = next(name for name in opened.namelist() if name.startswith("word/media/"))
    reading = office.read(changed(data, lost, lambda _: None), name="plan.docx")
    assert reading.assets == ()
    assert any("is not in the document" in one.what for one in reading.unread)


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_a_document_cut_short_is_refused(make, kind):
    data = make(kind)
    for end in (0, 3, 100, len(data) // 2, len(data) - 30):
        with pytest.raises(Refused):
            office.read(data[:end], name=f"plan.{kind}")


@pytest.mark.parametrize(("kind", "part"), [("docx", "word/document.xml"), ("odt", "content.xml")])
def test_broken_xml_is_refused_by_name(make, kind, part):
    data = changed(make(kind), part, lambda content: content[: len(content) // 2])
    with pytest.raises(Refused, match=f"plan is damaged: {part}"):
        office.read(data, name="plan")


def test_an_entity_bomb_is_refused(make):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    data = changed(make("docx"), "word/document.xml", lambda part: re.sub(rb"(<\?xml[^>]*>)", rb"\1" + bomb, part))
    with pytest.raises(Refused, match="damaged"):
        office.read(data, name="plan.docx")


def test_a_document_without_its_main_part_is_refused(make):
    with pytest.raises(Refused, match="a part of it is missing"):
        office.read(changed(make("docx"), "word/document.xml", lambda _: None), name="plan.docx")


def test_an_empty_document_is_refused(make):
    with pytest.raises(Refused, match="has no text"):
        office.read(make("docx", ""), name="plan.docx")


def test_a_password_or_the_old_format_is_refused():
    with pytest.raises(Refused, match="protected with a password or in Word's old format"):
        office.read(b"\xd0\xcf\x11\xe0" + b"\0" * 1000, name="plan.docx")


def test_a_document_that_takes_too_long_is_given_up(make, monkeypatch):
    monkeypatch.setattr(pandoc, "SECONDS", 0.001)
    monkeypatch.setattr(pandoc, "_limit", lambda: None)
    with pytest.raises(Refused, match="took longer than"):
        office.read(make("docx"), name="plan.docx")


def test_too_much_output_is_refused(make, monkeypatch):
    monkeypatch.setattr(pandoc, "MOST_OUTPUT", 10)
    with pytest.raises(Refused, match="damaged or too large"):
        office.read(make("docx"), name="plan.docx")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_a_document_that_libreoffice_wrote_reads_the_same(make, kind, tmp_path):
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        pytest.skip("LibreOffice is not installed")
    source = tmp_path / "plan.docx"
    source.write_bytes(make("docx"))
    out = tmp_path / "out"
    subprocess.run([program, "--headless", "--convert-to", kind, "--outdir", str(out), str(source)], check=True)
    reading = office.read((out / f"plan.{kind}").read_bytes(), name=f"plan.{kind}")
    assert [section.title for section in reading.documents[0].sections][-2:] == ["Lead from the top", "Tables"]
    assert [action.title for action in reading.actions] == ["Boards have a leader"]
