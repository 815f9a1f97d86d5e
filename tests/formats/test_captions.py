"""Captions of films: what is read, what is written, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penholder.errors import Refused
from penholder.formats import captions

TTML = b"""<tt xmlns="http://www.w3.org/2006/10/ttaf1"> <body> <div xml:id="captions">
<p begin="00:00:01" end="00:00:04.500">The boat<br/>is <span>late</span> &amp; full.
</p>
<p begin="5s" dur="1500ms">It &lt;waits&gt;.</p>
<p begin="00:01:00:12" end="01:00:00">Then it goes.</p>
</div></body></tt>"""


def test_ttml_becomes_webvtt():
    assert captions.webvtt(captions.read("a.xml", TTML)) == (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.500\nThe boat is late &amp; full.\n\n"
        "2\n00:00:05.000 --> 00:00:06.500\nIt &lt;waits&gt;.\n\n3\n00:01:00.480 --> 01:00:00.000\nThen it goes.\n"
    )


def test_srt_becomes_webvtt():
    srt = b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Ahoy</i>\r\nthere\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nBye\r\n"
    assert captions.read("a.srt", srt) == (captions.Cue(1.0, 2.5, "Ahoy there"), captions.Cue(3.0, 4.0, "Bye"))


def test_a_transcript_is_paragraphs_of_whole_sentences():
    cues = tuple(
        captions.Cue(n, n + 1, "One two three four five six seven eight nine ten" + ("." if n % 2 else ""))
        for n in range(20)
    )
    paragraphs = captions.transcript(cues).strip().split("\n\n")
    assert len(paragraphs) == 3
    assert all(paragraph.endswith(".") for paragraph in paragraphs)
    assert sum(len(p.split()) for p in paragraphs) == 200


def test_words_that_look_like_markdown_stay_words():
    assert captions.transcript((captions.Cue(0, 1, "5 * 3 <b> [x]"),)) == "5 \\* 3 \\<b\\> \\[x\\]\n"


def test_broken_xml_is_refused_with_its_line():
    with pytest.raises(Refused, match=r"film\.xml:3: the captions are broken XML"):
        captions.read("film.xml", b"<tt>\n<body>\n<p begin='0'>x</q></body></tt>")


def test_an_entity_bomb_is_refused():
    bomb = b'<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><tt><p begin="1s" end="2s">&b;</p></tt>'
    with pytest.raises(Refused, match="declare entities"):
        captions.read("film.xml", bomb)


@pytest.mark.parametrize(
    "data", [b"", b"only words\n", b"<html><p>no times</p></html>", b"00:00:xx --> 00:00:02\nhello"]
)
def test_what_has_no_times_is_refused(data):
    with pytest.raises(Refused, match=r"film\.xml"):
        captions.read("film.xml", data)


def test_captions_that_end_before_they_begin_are_refused():
    with pytest.raises(Refused, match="no begin and end"):
        captions.read("film.xml", b'<tt><p begin="5s" end="2s">x</p></tt>')


@given(st.binary(max_size=400) | st.text(alphabet="<>/tp=\"' begin0123456789:,.->\n", max_size=400).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    try:
        cues = captions.read("film.xml", data)
    except Refused:
        return
    assert captions.webvtt(cues).startswith("WEBVTT\n")
    assert all(cue.start <= cue.end for cue in cues)


def test_the_real_captions_are_read(shared):
    found = sorted((shared / "gds-2012/tree/source").rglob("transcript.xml"))
    assert len(found) == 3
    for path in found:
        cues = captions.read(path.name, path.read_bytes())
        assert len(cues) > 10
        assert list(cues) == sorted(cues, key=lambda cue: cue.start)
        assert len(captions.transcript(cues).split()) == sum(len(cue.words.split()) for cue in cues)
