from __future__ import annotations

import re

import pytest
from lxml import html as lxml_html

from penholder.errors import Refused
from penholder.text.html import Options, inline_html, render, render_page
from penholder.text.inline import Media
from penholder.text.markdown import blocks

EVERYTHING = """# The plan {#plan}

Words[^1] and *more*, H<sub>2</sub>O, <abbr title="Her Majesty's">HM</abbr>.

## Actions {.no-toc}

#### Every board has a digital leader {#action-01 .action short="Leader"}

- one
  - two

  one again
- three

1. four

Term
: meaning

> said

```
code
```

| a | b |
|---|--:|
| c | 1 |

---

:::{figure} map.png
:name: fig-1
:alt: A map
A map.
:::

[^1]: Because[^2].
[^2]: Why not.
[r]: /u
"""


def named(source):
    ids = [f"p-{number:08d}" for number in range(len(blocks(source)))]
    return ids, render(source, ids=ids)


def tree(markup):
    return lxml_html.fragment_fromstring(markup, create_parent="main")


def test_every_passage_can_be_linked_to_by_its_lasting_id():
    ids, drawn = named(EVERYTHING)
    page = tree(drawn.html)
    expected = {one for one, block in zip(ids, blocks(EVERYTHING), strict=True) if block.kind != "reference"}
    assert {element.get("data-passage") for element in page.xpath("//*[@data-passage]")} == expected
    for one in expected:
        (anchor,) = page.xpath(f'//*[@id="{one}"]')
        assert anchor.xpath(f'ancestor-or-self::*[@data-passage="{one}"]')
    every = page.xpath("//@id")
    assert len(every) == len(set(every))


def test_every_link_within_the_page_arrives():
    page = tree(named(EVERYTHING)[1].html)
    ids = set(page.xpath("//@id"))
    inside = [href[1:] for href in page.xpath("//@href") if href.startswith("#")]
    assert inside
    assert set(inside) <= ids


def test_as_many_ids_as_passages_or_none():
    with pytest.raises(ValueError, match="1 lasting ids were given for a text of 2 passages"):
        render("a\n\nb", ids=["p-1"])


def test_an_authors_name_stands_and_the_lasting_id_beside_it():
    drawn = render("## Title {#mine}", ids=["p-aaaaaaaa"])
    assert (
        drawn.html == '<h2 id="mine" data-passage="p-aaaaaaaa"><span class="anchor" id="p-aaaaaaaa"></span>Title</h2>\n'
    )
    assert drawn.anchors == {"p-aaaaaaaa": "mine"}


def test_headings_get_anchors_of_their_words_each_once():
    drawn = render("# Café society\n\n# Café society\n\n# 2012\n\n# —\n\n# Later {#cafe-society}")
    assert re.findall('id="([^"]+)"', drawn.html) == [
        "cafe-society-2",
        "cafe-society-3",
        "s-2012",
        "section",
        "cafe-society",
    ]


def test_an_anchor_of_the_edition_before_stays_when_the_words_change():
    before = render("# Old words\n\n# Other", ids=["p-1", "p-2"])
    after = render("# Other\n\n# New words", ids=["p-3", "p-1"], options=Options(anchors=before.anchors))
    assert after.anchors == {"p-3": "other", "p-1": "old-words"}


def test_contents_are_a_tree_without_what_the_author_left_out():
    contents = named("# A\n\n## B\n\n#### C {#action-07 .action}\n\n## D {.no-toc}\n\n## E *f*[^1]\n\n# G\n\n[^1]: n")[
        1
    ].contents
    assert [(one.title, [two.title for two in one.children]) for one in contents] == [("A", ["B", "E f"]), ("G", [])]
    action = contents[0].children[0].children[0]
    assert (action.kind, action.number, action.id, action.level) == ("action", "07", "action-07", 4)


def test_actions_and_principles_show_their_numbers_and_a_principle_its_motto():
    drawn = render('### Lead {#principle-01 .principle motto="From <the> top"}\n\n#### Do {#action-14 .action .sly}')
    assert "Principle 01" in drawn.html
    assert '<p class="motto">From &lt;the&gt; top</p>' in drawn.html
    assert '<h4 id="action-14" class="action">' in drawn.html


def test_a_name_given_twice_is_reported_and_not_doubled():
    drawn = render("# A {#x}\n\n# B {#x}")
    assert drawn.html.count('id="x"') == 1
    assert [(problem.line, "given twice" in problem.message) for problem in drawn.problems] == [(3, True)]


def test_headings_move_down_but_not_past_six():
    assert re.findall(r"<h(\d)", render("# A\n\n##### B", options=Options(shift=2)).html) == ["3", "6"]


def test_footnotes_are_tied_both_ways_for_every_mention():
    page = tree(render("One[^b], two[^a], one again[^b].\n\n[^a]: A.\n[^b]: B.").html)
    marks = page.xpath('//a[@role="doc-noteref"]')
    assert [(mark.text, mark.get("href"), mark.get("id"), mark.get("aria-label")) for mark in marks] == [
        ("1", "#note-1", "note-ref-1", "Footnote 1"),
        ("2", "#note-2", "note-ref-2", "Footnote 2"),
        ("1", "#note-1", "note-ref-1-2", "Footnote 1"),
    ]
    (section,) = page.xpath('//section[@role="doc-endnotes"]')
    assert page.xpath(f'//*[@id="{section.get("aria-labelledby")}"]')[0].text == "Footnotes"
    backs = section.xpath('.//a[@role="doc-backlink"]')
    assert [back.get("href") for back in backs] == ["#note-ref-1", "#note-ref-1-2", "#note-ref-2"]
    assert len({back.get("aria-label") for back in backs}) == 3
    assert [item.text_content()[:2] for item in section.xpath(".//li")] == ["B.", "A."]


def test_a_footnote_may_mention_another_and_hold_several_paragraphs():
    page = tree(render("a[^1]\n\n[^1]: b[^2]\n\n    - c\n\n[^2]: d").html)
    assert [item.get("id") for item in page.xpath("//section//ol/li")] == ["note-1", "note-2"]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\n\nb[^x]", 3, "Footnote [^x] is mentioned but not defined."),
        ("a\n\n[^x]: b", 3, "Nothing in the text mentions footnote [^x], so it is not shown."),
        ("a[^x]\n\n[^x]: b\n\n[^x]: c", 5, "Footnote [^x] is defined twice; the first definition stands."),
        ("a\n\n[b](javascript:c)", 3, "The link to “javascript:c” leads nowhere; only its words are shown."),
        (
            "| a |\n|---|\n| b | c |",
            3,
            "This row of a table has 2 cells and its heading 1; what is beyond is not shown.",
        ),
        ("a\n\n:::", 3, "A line of colons closes nothing here. Open a directive above it, or take it away."),
    ],
)
def test_what_a_reader_would_stumble_over_is_reported_with_its_line(source, line, words):
    assert [(problem.line, problem.message) for problem in render(source).problems] == [(line, words)]


def test_an_undefined_footnote_leaves_no_markup_on_the_page():
    assert "[^" not in render("a[^x]").html


def test_texts_of_one_page_share_footnotes_and_ids():
    page = render_page(
        [("# A\n\na[^1] b[^far]", ()), ("# A\n\nc[^1]\n\n[^1]: own", ()), ("[^1]: first\n\n[^far]: far", ())]
    )
    assert [re.findall('href="#(note-[0-9]+)"', text.html) for text in page.texts] == [
        ["note-1", "note-2"],
        ["note-1"],
        [],
    ]
    # The first text defines no [^1]; the first text that does lends its own, which then is the second text's, too.
    assert [item.text_content().split()[0] for item in tree(page.notes).xpath("//li")] == ["own", "far"]
    ids = re.findall(' id="([^"]+)"', "".join(text.html for text in page.texts) + page.notes)
    assert len(ids) == len(set(ids))
    assert [entry.id for entry in page.contents] == ["a", "a-2"]


def test_a_text_prefers_its_own_footnote_of_a_label():
    page = render_page([("a[^1]\n\n[^1]: mine", ()), ("b[^1]\n\n[^1]: yours", ())])
    assert [item.text_content().split()[0] for item in tree(page.notes).xpath("//li")] == ["mine", "yours"]


def test_tables_tell_screen_readers_what_heads_what():
    page = tree(render("| a | |\n|---|--:|\n| c | 1 |").html)
    assert [(cell.tag, cell.get("scope"), cell.get("class")) for cell in page.xpath("//tr/*")] == [
        ("th", "col", None), ("td", None, "number"), ("td", None, None), ("td", None, "number"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        ("a <sup>b</sup>", "a <sup>b</sup>"),
        ("a <SUP>b</SUP><BR/>c<br />d", "a <sup>b</sup><br>c<br>d"),
        ("<sup>a", "&lt;sup&gt;a"),
        ("a</sup>", "a&lt;/sup&gt;"),
        ("*a <sup>b* c</sup>", "<em>a &lt;sup&gt;b</em> c&lt;/sup&gt;"),
        ("<sup><sub>a</sup></sub>", "&lt;sup&gt;<sub>a&lt;/sup&gt;</sub>"),
        ('<abbr title="a &quot; b">c</abbr>', '<abbr title="a &quot; b">c</abbr>'),
        ("<b>a</b>", "&lt;b&gt;a&lt;/b&gt;"),
        ("[](https://a.example/)", '<a href="https://a.example/" rel="external">https://a.example/</a>'),
        ("[a](/b#c)", '<a href="/b#c">a</a>'),
        ("[a](#c)", '<a href="#c">a</a>'),
        ("[a](mailto:b@c.example)", '<a href="mailto:b@c.example">a</a>'),
        ("[a](tel:+44)", '<a href="tel:+44">a</a>'),
        ("[a](//b.example)", "a"),
        ("[a](https://b@c.example)", "a"),
        ("![a](b.png)", "a"),
    ],
)
def test_words_in_a_line(source, markup):
    assert inline_html(source) == markup


def test_a_site_rewrites_addresses_and_says_which_lead_nowhere():
    options = Options(resolve_link={"old": "/new/", "evil": "javascript:x"}.get)
    drawn = render("[a](old) [b](gone) [c](evil)", options=options)
    assert drawn.html == '<p><a href="/new/">a</a> b c</p>\n'
    assert [problem.message.split("”")[0] for problem in drawn.problems] == ["The link to “evil", "The link to “gone"]


def test_pictures_come_from_the_site_with_their_size_and_never_from_others():
    options = Options(resolve_media=lambda path: Media("/media/x/" + path, 4, 3) if path == "a.png" else None)
    drawn = render("![A](a.png) ![B](b.png) ![C](https://c.example/c.png)", options=options)
    assert '<img src="/media/x/a.png" alt="A" width="4" height="3" loading="lazy" decoding="async">' in drawn.html
    assert drawn.html.count("<img") == 1
    assert '<a href="https://c.example/c.png" rel="external">C</a>' in drawn.html
    assert [problem.message for problem in drawn.problems] == ["There is no file “b.png”."]


def test_a_chart_that_cannot_be_drawn_is_shown_as_its_table():
    def draw(kind, rows, *, unit, ident, title):
        raise Refused("It has a value below zero.")

    drawn = render(
        ":::{chart} bar\n:name: c\nWhy.\n\n| a | b |\n|---|---|\n| c | -1 |\n:::", options=Options(draw=draw)
    )
    assert "<table>" in drawn.html
    assert "<details" not in drawn.html
    assert [problem.message for problem in drawn.problems] == [
        "The chart is shown as a table only. It has a value below zero."
    ]


def test_the_language_of_the_page_is_the_sites():
    drawn = render("a[^1]\n\n[^1]: b", options=Options(labels={"footnotes": "Troednodiadau"}))
    assert "Troednodiadau" in drawn.html
    assert "Footnote 1" in drawn.html
