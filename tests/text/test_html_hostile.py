"""Whatever is typed, the page holds the tags that we write, with the attributes that we write, and no way to run code."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from tests.text.markdowns import any_text, house_markdown

from penholder.charts import draw
from penholder.text.addresses import safe_address
from penholder.text.html import Options, render
from penholder.text.inline import Media
from penholder.text.markdown import blocks

TAGS = {
    "a", "abbr", "aside", "blockquote", "br", "caption", "code", "dd", "details", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "main", "ol", "p", "pre", "section", "source", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "track", "ul", "video",
    "svg", "title", "desc", "defs", "pattern", "rect", "path", "circle", "text",
}  # fmt: skip
ATTRIBUTES = {
    "alt", "aria-label", "aria-labelledby", "aria-describedby", "class", "controls", "data-passage", "decoding", "default",
    "height", "href", "id", "kind", "label", "loading", "poster", "preload", "rel", "role", "scope", "src", "srclang",
    "start", "tabindex", "title", "type", "width",
}  # fmt: skip
DRAWN = {
    "xmlns", "viewbox", "font-family", "font-size", "font-weight", "fill", "stroke", "stroke-width", "stroke-dasharray",
    "text-anchor", "x", "y", "rx", "cx", "cy", "r", "d", "patternunits",
}  # fmt: skip
OPTIONS = Options(draw=draw, resolve_text=lambda address: f"# {address}\n\n<script>[x](javascript:x)")

# Written for this test after the well-known families of attack; each ends up as words or as nothing.
HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<abbr title='x' onmouseover='alert(1)'>x</abbr>",
    '<abbr title="&quot; onmouseover=&quot;alert(1)">x</abbr>',
    "<abbr title='\"><script>alert(1)</script>'>x</abbr>",
    "<br onclick=alert(1)>",
    "<sup onclick=alert(1)>x</sup>",
    "<sup/onclick=alert(1)>x</sup>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import 'https://evil.example'</style>",
    "<base href='https://evil.example'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61vascript&colon;alert(1))",
    "[x](javascript&Tab;:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](https://good.example@evil.example/)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    '![x](a.png"onerror="alert(1))',
    '![x" onerror="alert(1)](a.png)',
    '![x](a.png "t\\" onerror=\\"alert(1)")',
    '[x](/a "t\\" onclick=\\"alert(1)")',
    "# x {onclick=alert(1)}",
    '# x {#a" onclick="alert(1)}',
    '# x {#a onclick="alert(1)"}',
    '# x {.a" onclick="alert(1)}',
    '### x {#principle-01 .principle motto="<script>alert(1)</script>"}',
    '[^"><script>]: x\n\ny[^"><script>]',
    'y[^"onclick=alert(1)]',
    '```"><script>alert(1)</script>\nx\n```',
    "```html onclick=alert(1)\n<script>\n```",
    ":::{figure} javascript:alert(1)\n:alt: x\n:::",
    ':::{figure} a.png"onerror="alert(1)\n:name: a"onclick="x\n:alt: "><script>alert(1)</script>\n:source: <script>\nx\n:::',
    ":::{film} javascript:alert(1)\n:captions: javascript:x\n:poster: javascript:y\n:transcript: evil\nx\n:::",
    ':::{film} a.mp4\n:captions: "><script>.vtt\n:poster: b.jpg"onerror="x\n:length: <script>\n"><script>\n:::',
    ':::{callout} "><script>\n:title: <img src=x onerror=alert(1)>\n:source: [x](javascript:y)\nx\n:::',
    ':::{chart} bar\n:name: c\n:unit: <script>\n<script>\n\n| <script> | "><script> |\n|---|---|\n| </text><script> | 1 |\n:::',
    ":::{script}\nalert(1)\n:::",
]  # fmt: skip


def check(markup):
    page = lxml_html.fragment_fromstring(markup, create_parent="main")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for element in page.iter():
        assert isinstance(element.tag, str), "a comment or an instruction"
        assert element.tag in TAGS, element.tag
        drawn = element.tag == "svg" or any(parent.tag == "svg" for parent in element.iterancestors())
        for name, value in element.attrib.items():
            assert name.lower() in (ATTRIBUTES | DRAWN if drawn else ATTRIBUTES), name
            if name in ("href", "src", "poster"):
                assert value == safe_address(value), value
                assert re.match(r"https?://|mailto:|tel:|[^:]*\Z|[#/.]|[^:/?#]*[/?#]", value), value
    assert "style=" not in re.sub(r'"[^"]*"|>[^<]*<', "", markup)


@pytest.mark.parametrize("source", HOSTILE)
def test_an_attack_becomes_words_or_nothing(source):
    ids = [f"p-{number:08d}" for number in range(len(blocks(source)))]
    for one in (render(source, ids=ids, options=OPTIONS), render(f"> - {source}", options=OPTIONS)):
        check(one.html)
        assert "<script" not in one.html.lower()


@pytest.mark.parametrize("source", HOSTILE)
def test_a_site_that_hands_back_hostile_addresses_gets_none_through(source):
    evil = 'javascript:alert(1)//" onerror="x'
    options = Options(resolve_link=lambda _: evil, resolve_media=lambda _: Media(evil, 1, 1, '"><script>'), draw=draw)
    check(render(source, options=options).html)


@settings(max_examples=300, deadline=None)
@given(any_text | house_markdown | st.lists(st.sampled_from(HOSTILE), max_size=4).map("\n".join))
@example("[a[^1]](/b)\n\n[^1]: [c](/d)")
@example("*<sup>*</sup>*<sub>*</sub>")
@example(":::{table}\n:::\n# a\n:::{chart} bar\n:::")
@example("- :::{figure} a\n  :name: x\n  :::\n:::{figure} a\n:name: x\n:::")
@example("# note-1\n\n# note-ref-1-2 {#note-ref-1}\n\na[^1]\n\n[^1]: b")
@example(":::{chart} bar\n:name: c\n\n| a | b |\n|---|---|\n| c | 1 |\n:::\n\n# c-title\n\n# c {#c-desc}")
def test_any_text_becomes_a_page_without_scripts_handlers_or_foreign_tags(source):
    ids = [f"p-{number:08d}" for number in range(len(blocks(source)))]
    check(render(source, ids=ids, options=OPTIONS).html)


@settings(deadline=None)
@given(house_markdown)
def test_a_page_is_balanced(source):
    """Every tag is closed where it was opened: a browser need not guess."""
    opened = []
    for end, name in re.findall(r"<(/?)([a-z0-9]+)[^>]*>", render(source).html):
        if name in ("br", "hr", "img", "source", "track"):
            continue
        if end:
            assert opened.pop() == name
        else:
            opened.append(name)
    assert opened == []


@pytest.mark.parametrize(
    "address", ["a b", "a\\b", "%zz", "a#b#c", "a%09:b", "ssh://x", "http:///x", "https://", "http:x", "x:y", "", " "]
)
def test_what_is_no_address_is_not_linked(address):
    assert safe_address(address) in (None, "%25zz")


def test_words_are_never_lost_to_the_attack():
    assert (
        html.unescape(re.sub(r"<[^>]+>", "", render("a <script>b</script> c").html)).strip() == "a <script>b</script> c"
    )
