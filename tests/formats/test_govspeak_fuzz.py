"""Whatever stands in a source, it is read or refused; and the dialect's marks never come out as text."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penholder.errors import Refused
from penholder.formats.govspeak import looks_like, read_folder
from penholder.text.canonical import canonical

MARKS = re.compile(r"\{:(?![:/])|\{/?div\b|\{include\b|\{\{|&ellipsis;|\{TIMESTAMP|\{PDF=")
PIECES = [
    "{div .statement}", "{div .department}", "{div", "{/div}", "{include a.md}", "{include b}", "{include", "{:.toc}", "{: #x .fig}",
    "{:", "{::comment}", "{:/comment}", "{{X}}", "{{", "}}", "{pull}", "{big-pull}", "{navigation}", "{TIMESTAMP}",
    "{PDF=x}", "^rd^", "&ellipsis;", "&", "<div class='a'>", "</div>", "<table><tr><td rowspan=2>x", "</table>",
    "<script>", "</script>", "<!--", "-->", "<a href='javascript:x'>", "<p>", "<br>", "##", "#Action 01: x", "### Principle: y",
    "[^1]", "[^1]: note", "|a|b|", "|---|---|", "Figure 1: z", "![a](/b.png)", "[x](y)", "`", "```", "~~~", "- ",
    "    ", "\t", "> ", "*", "\\", ":::", ": term", "---", "\u00a0", "\ufeff", "\r", "\x00", "é", "word", "1",
]  # fmt: skip
lines = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=6).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=4
).map("".join)
pages = st.lists(lines, max_size=25).map("\n".join).map(lambda text: text.encode("utf-8", "surrogatepass"))
bytes_ = st.binary(max_size=300)


def in_code(text: str) -> str:
    """The text without code, where marks are quoted on purpose."""
    return re.sub(r"(`+)(?:(?!\1).)*?\1|^(?: {4}|\t).*$", "", text, flags=re.DOTALL | re.MULTILINE)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pages | bytes_, pages | bytes_, pages | bytes_, bytes_)
def test_anything_is_read_or_refused(page, partial, other, captions):
    files = {
        "source/plan/01.md": page,
        "source/plan/02.md": other,
        "source/partials/_a.md": partial,
        "source/partials/case-studies/_b.md": other,
        "source/plan/case-studies/b/transcript.xml": captions,
    }
    looks_like(files)
    try:
        reading = read_folder(files)
    except Refused:
        return
    for document in reading.documents:
        for section in document.sections:
            assert section.markdown == canonical(section.markdown)
            if not re.search(r"`{3}|~{3}|`", section.markdown):
                assert not MARKS.search(in_code(section.markdown)), section.markdown


@pytest.mark.parametrize(
    "line",
    ["![" * 400_000, "<!--" * 200_000, "[^1]" * 200_000, "{:" * 400_000, "`" * 900_000, "|" * 900_000, "# " + " " * 900_000,
     "^" * 900_000, "A" * 900_000 + " (", "<a " * 300_000, "&" * 900_000, "{" * 900_000, "[" * 900_000, "*" * 900_000],
    ids=lambda line: line[:6],
)  # fmt: skip
def test_no_line_is_slow(line):
    begun = time.process_time()
    with suppress(Refused):  # what grows beyond a line when it is written may be refused
        read_folder({"source/plan/01.md": f"##A\n\n{line}\n".encode()})
    assert time.process_time() - begun < 20


def test_a_page_of_paragraphs_that_are_never_closed_is_not_slow():
    begun = time.process_time()
    read_folder({"source/plan/01.md": b"##A\n\n" + b"<p>word\n\n" * 20_000})
    assert time.process_time() - begun < 20
