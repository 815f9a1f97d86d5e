from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime

import pypandoc
import pytest
from tests.formats.word_files import WHO, body, p, put_in, row, run, taken_out, with_parts

from penholder.errors import Refused
from penholder.formats import libreoffice
from penholder.formats.word import package
from penholder.formats.word.reading import read

NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def told(data: bytes, name: str = "back.docx"):
    return read(data, name=name)


def only(data: bytes):
    (change,) = told(data).changes
    return change


def words(data: bytes) -> list[str]:
    return [one.words for one in told(data).paragraphs]


def test_the_text_is_read_as_it_was_sent():
    data = body(p(run("Boards "), taken_out("need "), put_in("have "), run("a leader.")))
    assert words(data) == ["Boards need a leader."]


def test_words_taken_out_and_put_in_by_one_person_are_a_replacement():
    change = only(body(p(run("Boards "), taken_out("need"), put_in("have"), run(" a leader."))))
    assert (change.kind, change.quote, change.text) == ("replacement", "need", "have")
    assert (change.start, change.end) == (7, 11)
    assert (change.author, change.at) == ("Ada", datetime(2012, 11, 6, 9, 30, tzinfo=UTC))


def test_words_of_two_people_are_two_changes():
    data = body(p(run("Boards "), taken_out("need", "Ben"), put_in("have"), run(" a leader.")))
    assert [(one.kind, one.author) for one in told(data).changes] == [("deletion", "Ben"), ("insertion", "Ada")]


@pytest.mark.parametrize(
    ("before", "new", "behind", "at", "text"),
    [
        ("Every ", "new", " board", 6, "new "),  # two spaces become one
        ("Every ", "new ", "board", 6, "new "),
        ("Every", " new", " board", 5, " new"),
        ("Every board ", "now", "", 11, " now"),
        ("", "Now", " every board", 0, "Now "),
    ],
)
def test_a_space_beside_what_was_put_in_is_there_once(before, new, behind, at, text):
    change = only(body(p(run(before), put_in(new), run(behind))))
    assert (change.start, change.text) == (at, text)


@pytest.mark.parametrize(
    ("before", "gone", "behind", "quote"),
    [("All ", "old", " boards", "old "), ("", "All", " boards", "All "), ("All ", "boards", "", " boards")],
)
def test_words_that_go_take_one_space_along(before, gone, behind, quote):
    assert only(body(p(run(before), taken_out(gone), run(behind)))).quote == quote


def test_what_looks_like_markup_is_put_in_as_words():
    change = only(body(p(run("See "), put_in("[*this*](x) <b> &amp; {#id}"), run("."))))
    assert change.text == r"\[\*this\*\](x) \<b\> \&amp; \{#id}"


def test_bold_words_are_bold_once_however_many_runs_they_came_in():
    bold = "<w:r><w:rPr><w:b/></w:rPr><w:t xml:space='preserve'>{}</w:t></w:r>"
    change = only(body(p(run("A "), f"<w:ins {WHO}>{bold.format('very ')}{bold.format('good')}</w:ins>", run(" plan"))))
    assert change.text == "**very good** "


def test_a_paragraph_that_was_put_in_behind_another():
    change = only(body(p(run("One."), mark="ins"), p(put_in("Two.")), p(run("Three."))))
    assert (change.paragraph, change.start, change.text) == (0, 4, "\n\nTwo.")


def test_a_paragraph_that_was_put_in_before_another():
    change = only(body(p(run("One.")), p(put_in("Two."), mark="ins"), p(run("Three."))))
    assert (change.paragraph, change.start, change.text) == (1, 0, "Two.\n\n")


def test_the_end_of_a_new_paragraph_may_be_another_persons():
    change = only(body(p(run("One."), mark="ins"), p(put_in("Two.", "Ben"))))
    assert (change.author, change.text) == ("Ben", "\n\nTwo.")
    change = only(body(p(put_in("Two.", "Ben"), mark="ins"), p(run("Three."))))
    assert (change.author, change.text) == ("Ben", "Two.\n\n")


def test_an_empty_paragraph_that_was_put_in_says_nothing():
    data = body(p(run("One."), mark="ins"), p(), p(run("Two.")))
    assert told(data).changes == ()
    assert [one.reason for one in told(data).left] == ["formatting"]


def test_a_heading_that_was_put_in_is_a_heading():
    styles = (
        f'<w:styles {NAMES}><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>'
    )
    data = body(p(run("One."), mark="ins"), p(put_in("Two"), style="H2"))
    assert only(with_parts(data, {"word/styles.xml": styles})).text == "\n\n## Two"


def test_a_paragraph_that_was_split_is_one_passage_with_a_gap_in_it():
    data = body(p(run("One. "), mark="ins"), p(run("Two.")))
    assert words(data) == ["One. Two."]
    assert only(data).text.strip(" ") == "\n\n"


def test_a_paragraph_that_went_goes_whole():
    change = only(body(p(run("One.")), p(taken_out("Two."), mark="del"), p(run("Three."))))
    assert (change.paragraph, change.whole, change.quote) == (1, True, "Two.")


def test_two_paragraphs_that_were_joined_are_one_change():
    data = body(p(run("One."), mark="del"), p(run("Two.")))
    assert words(data) == ["One.", "Two."]
    change = only(data)
    assert (change.paragraph, change.joined, change.quote, change.author) == (0, 1, "One. ¶ Two.", "Ada")


def test_of_three_paragraphs_that_became_one_the_first_two_are_joined_and_the_third_is_told():
    data = body(p(run("One."), mark="del"), p(run("Two."), mark="del"), p(run("Three.")))
    assert only(data).joined == 1
    assert [(one.reason, one.quote) for one in told(data).left] == [("join", "Two. ¶ Three.")]


def test_deleting_to_the_end_of_the_next_paragraph_is_no_join():
    data = body(p(run("One."), mark="del"), p(taken_out("Two.")), p(run("Three.")))
    assert told(data).left == ()
    assert only(data).whole


def test_words_that_one_person_put_in_and_another_took_out_are_told():
    inner = f'<w:ins {WHO}><w:del w:id="2" w:author="Ben">{run("gone").replace("w:t", "w:delText")}</w:del></w:ins>'
    data = body(p(run("One "), inner, run("two.")))
    assert only(data).author == "Ada"
    (left,) = told(data).left
    assert (left.reason, left.quote, left.author) == ("over", "gone", "Ben")


def test_formatting_alone_is_told_and_is_no_change():
    data = body(p(f"<w:r><w:rPr><w:b/><w:rPrChange {WHO}><w:rPr/></w:rPrChange></w:rPr><w:t>Bold.</w:t></w:r>"))
    read_back = told(data)
    assert read_back.changes == ()
    assert [(one.reason, one.quote) for one in read_back.left] == [("formatting", "Bold.")]


def test_rows_put_in_and_taken_out_are_changes_beside_the_cells_of_their_table():
    rows = row(run("a"), run("b")) + row(put_in("c"), put_in("d|"), mark="ins") + row(put_in("g"), mark="ins")
    rows += row(taken_out("e"), taken_out("f"), mark="del")
    data = body(p(run("One.")), f"<w:tbl>{rows}</w:tbl>")
    assert words(data) == ["One.", "a", "b", "e", "f"]
    assert told(data).left == ()
    assert [(one.row, one.cells, one.text, one.quote) for one in told(data).changes] == [
        ("in", (1, 2), "| c | d\\| |\n| g |", ""),
        ("out", (3, 4), "", "e f"),
    ]


def test_a_row_that_was_put_in_before_all_others_is_told():
    data = body(p(run("One.")), f"<w:tbl>{row(put_in('c'), mark='ins')}{row(run('a'))}</w:tbl>")
    assert [(one.reason, one.quote) for one in told(data).left] == [("table", "c")]


def test_a_change_in_a_cell_is_a_change_of_that_cell():
    change = only(body(f"<w:tbl>{row(run('a'), run('b ') + put_in('x|y'))}</w:tbl>"))
    assert (change.paragraph, change.text) == (1, r" x\|y")


def test_a_table_that_went_is_one_change():
    data = body(p(run("One.")), f"<w:tbl>{row(taken_out('a'), mark='del')}{row(taken_out('b'), mark='del')}</w:tbl>")
    change = only(data)
    assert (change.row, change.cells, change.quote) == ("all", (1, 2), "a b")


def test_a_picture_that_was_put_in_is_told_by_what_it_says_of_itself():
    drawing = '<w:drawing><wp:docPr xmlns:wp="w" id="1" name="Picture 1" descr="A map"/></w:drawing>'
    data = body(p(run("One."), f"<w:ins {WHO}><w:r>{drawing}</w:r></w:ins>"))
    assert [(one.reason, one.quote) for one in told(data).left] == [("picture", "A map")]


def test_changes_in_a_text_box_are_told():
    box = f"<w:r><w:pict><w:txbxContent>{p(put_in('boxed'))}</w:txbxContent></w:pict></w:r>"
    data = body(p(run("One."), box))
    assert words(data) == ["One."]
    assert [(one.reason, one.quote) for one in told(data).left] == [("box", "boxed")]


# What somebody puts into a text in LibreOffice while it tracks changes: a footnote, a picture, a text box.
FLAT = """<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:tracked-changes>{regions}
 </text:tracked-changes>{paragraphs}</office:text></office:body></office:document>"""
REGION = """<text:changed-region text:id="c{number}"><text:insertion><office:change-info><dc:creator>Ada</dc:creator>
 <dc:date>2012-11-06T09:30:00</dc:date></office:change-info></text:insertion></text:changed-region>"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
PUT_IN = {
    "note": """<text:note text:id="f1" text:note-class="footnote"><text:note-citation>1</text:note-citation>
 <text:note-body><text:p>Says the survey.</text:p></text:note-body></text:note>""",
    "picture": f"""<draw:frame text:anchor-type="as-char" svg:width="2cm" svg:height="2cm"><draw:image>
 <office:binary-data>{DOT}</office:binary-data></draw:image><svg:desc>A map of offices</svg:desc></draw:frame>""",
    "box": """<draw:frame text:anchor-type="as-char" svg:width="4cm"><draw:text-box><text:p>Words in a box.</text:p>
 </draw:text-box></draw:frame>""",
}


@pytest.mark.skipif(not libreoffice.program(), reason="there is no LibreOffice here")
def test_what_libreoffice_writes_of_a_footnote_a_picture_and_a_text_box_is_told_and_never_dropped():
    regions = "".join(REGION.format(number=number) for number in range(len(PUT_IN)))
    paragraphs = "".join(
        f'<text:p>One <text:change-start text:change-id="c{number}"/>{what}<text:change-end text:change-id="c{number}"/>'
        "</text:p>"
        for number, what in enumerate(PUT_IN.values())
    )
    flat = FLAT.format(regions=regions, paragraphs=paragraphs).encode()
    left = told(libreoffice.convert(flat, "fodt", "docx", name="a.fodt")).left
    assert [(one.reason, one.quote, one.author) for one in left] == [
        ("note", "Says the survey.", "Ada"),
        ("picture", "A map of offices", "Ada"),
        ("box", "Words in a box.", ""),  # LibreOffice 7.4 does not say who put it in
    ]


def test_what_a_field_shows_is_text_and_what_it_is_made_of_is_not():
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("6 November")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert words(body(p(run("On "), field, run(".")))) == ["On 6 November."]


def test_a_move_names_both_of_its_ends():
    away = f'<w:moveFromRangeStart w:id="1" w:name="m1" {WHO[9:]}/><w:moveFrom {WHO}>{run("Go. ")}</w:moveFrom>'
    here = f'<w:moveToRangeStart w:id="2" w:name="m1" {WHO[9:]}/><w:moveTo {WHO}>{run(" Go.")}</w:moveTo>'
    data = body(
        p(away, '<w:moveFromRangeEnd w:id="1"/>', run("Stay.")), p(run("Other."), here, '<w:moveToRangeEnd w:id="2"/>')
    )
    assert [(one.kind, one.move) for one in told(data).changes] == [("deletion", "m1"), ("insertion", "m1")]
    assert any("a move" in note.lower() for note in told(data).notes)


def test_changes_in_footnotes_and_footnotes_that_come_and_go():
    notes = f'<w:footnotes {NAMES}><w:footnote w:id="2">{p(run("As "), put_in("we "), run("said."))}</w:footnote>'
    notes += f'<w:footnote w:id="3">{p(run("New note."))}</w:footnote></w:footnotes>'
    gone = f'<w:del {WHO}><w:r><w:delText>two</w:delText></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:del>'
    new = f'<w:ins {WHO}><w:r><w:footnoteReference w:id="3"/></w:r></w:ins>'
    read_back = told(with_parts(body(p(run("One "), gone, run(" three"), new)), {"word/footnotes.xml": notes}))
    assert [(one.quote, one.text, one.notes) for one in read_back.changes] == [("two ", "", 1), ("", "we ", 0)]
    assert read_back.paragraphs[1].where == "footnote"
    assert [(one.reason, one.quote) for one in read_back.left] == [("note", "New note.")]


COMMENTS = f"""<w:comments {NAMES} xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml">
<w:comment w:id="1" w:author="Ben" w:date="2012-11-07T10:00:00Z"><w:p w14:paraId="A1"><w:r><w:t>Who?</w:t></w:r></w:p>
</w:comment>
<w:comment w:id="2" w:author="Ada" w:date="2012-11-08T10:00:00Z"><w:p w14:paraId="A2"><w:r><w:t>We do.</w:t></w:r></w:p>
</w:comment></w:comments>"""
EXTENDED = """<w15:commentsEx xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">
<w15:commentEx w15:paraId="A1" w15:done="1"/><w15:commentEx w15:paraId="A2" w15:paraIdParent="A1" w15:done="0"/>
</w15:commentsEx>"""


def commented(*paragraphs: str) -> bytes:
    return with_parts(body(*paragraphs), {"word/comments.xml": COMMENTS, "word/commentsExtended.xml": EXTENDED})


def mark(sign: str, number: int = 1) -> str:
    return f'<w:{sign} w:id="{number}"/>' if sign != "commentReference" else f'<w:r><w:{sign} w:id="{number}"/></w:r>'


def test_a_comment_with_its_reply_and_that_it_is_settled():
    data = commented(
        p(run("The "), mark("commentRangeStart"), run("board"), mark("commentRangeEnd"), mark("commentReference"))
    )
    (comment,) = told(data).comments
    assert (comment.quote, comment.text, comment.author, comment.resolved) == ("board", "Who?", "Ben", True)
    assert [(one.text, one.author) for one in comment.replies] == [("We do.", "Ada")]


def test_a_comment_across_paragraphs_is_on_the_first_and_quotes_all():
    data = commented(
        p(run("One "), mark("commentRangeStart"), run("two.")), p(run("Three "), mark("commentRangeEnd"), run("four."))
    )
    (comment,) = told(data).comments
    assert (comment.paragraph, comment.start, comment.end) == (0, 4, 8)
    assert comment.quote == "two. ¶ Three"


def test_a_comment_on_no_words_is_told():
    read_back = told(commented(p(run("One."))))
    assert read_back.comments == ()
    assert [(one.reason, one.text) for one in read_back.left] == [("empty", "Who?\n\nAda: We do.")]


def test_where_the_document_came_from_is_read_from_its_properties():
    custom = (
        '<Properties xmlns="x"><property name="penholder-document"><v>strategy</v></property>'
        '<property name="penholder-iteration"><v>3</v></property><property name="penholder-seal"><v>abc</v></property>'
        "</Properties>"
    )
    origin = told(with_parts(body(p(run("One."))), {"docProps/custom.xml": custom})).origin
    assert (origin.document, origin.iteration, origin.seal) == ("strategy", 3, "abc")


# -- what is refused


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "no .docx document"),
        (b"hello", "no .docx document"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password"),
        (with_parts(body(p(run("a"))), {"word/vbaProject.bin": b"x"}), "macros"),
        (with_parts(body(p(run("a"))), {"word/document.xml": None}), "part of it is missing"),
        (with_parts(body(p(run("a"))), {"word/document.xml": b"<w:document"}), "damaged"),
        (with_parts(body(p(run("a"))), {"word/document.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "damaged"),
        (with_parts(body(p(run("a"))), {"word/document.xml": b"<a>" * 900 + b"</a>" * 900}), "nested too deeply"),
        (body(p()), "has no text"),
        (body(p(put_in("All new."))), "has no text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(data, match):
    with pytest.raises(Refused, match=match):
        told(data)


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(package, "LARGEST", 100)
    with pytest.raises(Refused, match="larger than"):
        told(body(p(run("a"))))


def test_a_zip_bomb_is_refused():
    with pytest.raises(Refused, match="would unfold"):
        told(with_parts(body(p(run("a"))), {"word/bomb.xml": b"0" * 30_000_000}))


def test_any_flipped_byte_is_read_or_refused():
    data = commented(p(run("One "), taken_out("two"), put_in("three"), mark("commentRangeStart"), run("four")))
    chance = random.Random(7)
    for at in range(0, len(data), 3):
        spoiled = bytearray(data)
        spoiled[at] ^= 1 << chance.randrange(8)
        try:
            told(bytes(spoiled))
        except Refused as refusal:
            assert refusal.reasons  # noqa: PT017 - either is right; anything else fails the test


def test_xml_that_was_spoiled_by_hand_is_read_or_refused():
    data = commented(p(run("One "), taken_out("two"), put_in("three"), run("four")))
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        source = opened.read("word/document.xml")
    chance = random.Random(11)
    for _ in range(300):
        spoiled = bytearray(source)
        at = chance.randrange(len(spoiled))
        if chance.random() < 0.5:
            spoiled[at] = chance.randrange(32, 127)
        else:
            del spoiled[at : at + chance.randrange(1, 40)]
        try:
            told(with_parts(data, {"word/document.xml": bytes(spoiled)}))
        except Refused as refusal:
            assert refusal.reasons  # noqa: PT017


# -- files that other programs made

MARKED = """# A plan

Every [small]{.deletion author="Ben" date="2012-11-06T00:00:00Z"} board
[active]{.insertion author="Ada" date="2012-11-06T00:00:00Z"} has a leader.

[Who?]{.comment-start id="1" author="Ben" date="2012-11-06T00:00:00Z"}Departments[]{.comment-end id="1"} will report.

| Item | Number |
|------|--------|
| one  | [2]{.deletion author="Ben" date="2012-11-06T00:00:00Z"}[3]{.insertion author="Ben" date="2012-11-06T00:00:00Z"} |
"""


@pytest.fixture(scope="module")
def from_pandoc(tmp_path_factory):
    path = tmp_path_factory.mktemp("pandoc") / "back.docx"
    subprocess.run([pypandoc.get_pandoc_path(), "-f", "markdown", "-o", str(path)], input=MARKED.encode(), check=True)
    return path.read_bytes()


def expect_the_marked(read_back):
    assert [one.words for one in read_back.paragraphs][:3] == [
        "A plan",
        "Every small board has a leader.",
        "Departments will report.",
    ]
    assert read_back.paragraphs[0].style == "heading 1"
    found = [(one.kind, one.quote, one.text, one.author) for one in read_back.changes]
    assert [(kind, quote.strip(), text.strip(), author) for kind, quote, text, author in found] == [
        ("deletion", "small", "", "Ben"),
        ("insertion", "", "active", "Ada"),
        ("replacement", "2", "3", "Ben"),
    ]
    assert [(one.quote, one.text, one.author) for one in read_back.comments] == [("Departments", "Who?", "Ben")]


def test_a_document_that_pandoc_made(from_pandoc):
    expect_the_marked(told(from_pandoc))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_a_document_that_libreoffice_saved(from_pandoc, kind):
    if not libreoffice.program():
        pytest.skip("LibreOffice is not installed")
    saved = libreoffice.convert(from_pandoc, "docx", "odt", name="back")
    data = saved if kind == "odt" else libreoffice.convert(saved, "odt", "docx", name="back")
    read_back = told(data, f"back.{kind}")
    expect_the_marked(read_back)
    assert bool(read_back.notes) == (kind == "odt")


def test_an_opendocument_file_is_refused_with_the_way_out_where_there_is_no_libreoffice(
    from_pandoc, monkeypatch, tmp_path
):
    path = tmp_path / "back.odt"
    subprocess.run([pypandoc.get_pandoc_path(), "-f", "markdown", "-o", str(path)], input=b"One.", check=True)
    monkeypatch.setattr(libreoffice, "program", lambda: "")
    with pytest.raises(Refused, match="save it as “Word document"):
        told(path.read_bytes(), "back.odt")


def test_libreoffice_is_found_where_it_is():
    assert libreoffice.program() == (shutil.which("soffice") or shutil.which("libreoffice") or "")
