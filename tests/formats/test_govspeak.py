"""The dialect of the 2012 strategy, construct by construct, on small pages in our own words."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from penholder.errors import Refused
from penholder.formats.govspeak import looks_like, read_folder


def read(page: str | bytes, **more: str | bytes):
    """A reading of one page and of further files, whose paths are written with `__` for `/` and `.md` added."""
    files = {"source/plans/01-page.md": page}
    files |= {name.replace("__", "/") + ".md": text for name, text in more.items()}
    return read_folder({path: text.encode() if isinstance(text, str) else text for path, text in files.items()})


def markdown(page: str | bytes, **more: str | bytes) -> str:
    return read(page, **more).documents[0].sections[0].markdown


def said(reading) -> str:
    return "\n".join(f"{u.severity} {u.file}:{u.line} {u.what}" for u in reading.unread)


# -- headings and attributes ---------------------------------------------------------------------------------------


def test_a_heading_without_a_space_after_the_marks_is_found():
    reading = read("##Ferries\n\nThey sail.\n\n####Winter\n\nLess often.\n")
    assert reading.documents[0].sections[0].title == "Ferries"
    assert reading.documents[0].sections[0].markdown == "## Ferries\n\nThey sail.\n\n#### Winter\n\nLess often.\n"
    assert reading.counts["headings"] == reading.counts["headings_without_space"] == 2


def test_a_heading_directly_inside_a_div_is_found():
    assert markdown("##A\n\n{div .section}\n##Inside\nWords\n{/div}\n") == "## A\n\n## Inside\n\nWords\n"


def test_breaks_in_a_heading_become_spaces():
    assert markdown("##Harbour <br> and<br>Coast\n\nText.\n").startswith("## Harbour and Coast\n")


def test_an_attribute_list_belongs_to_the_block_above_it_and_is_never_text():
    text = markdown("##Ferries\n{:.no_toc}\n\nA paragraph.\n{: .with-border #here}\n\n- one\n- two\n{:.meta-like}\n")
    assert text == "## Ferries {.no-toc}\n\nA paragraph.\n\n- one\n- two\n"


def test_an_attribute_list_after_a_gap_belongs_to_the_block_below_it():
    assert "## Two {.no-toc}" in markdown("##One\n\nWords.\n\n{:.no_toc}\n##Two\n\nMore.\n")


def test_a_span_attribute_list_leaves_no_trace():
    assert markdown("##A\n\nSee [the map](/map){: .external} now.\n") == "## A\n\nSee [the map](/map) now.\n"


def test_headings_underlined_with_dashes_are_headings():
    assert markdown("Ferries\n-------\n\nThey sail.\n").startswith("## Ferries\n")


# -- includes ------------------------------------------------------------------------------------------------------


def test_an_include_is_replaced_by_its_partial():
    text = markdown("##A\n\n{include  panels/tide.md}\n\nAfter.\n", source__partials__panels___tide="Tide *tables*.\n")
    assert text == "## A\n\nTide *tables*.\n\nAfter.\n"


def test_the_older_way_to_name_a_partial_works_too():
    assert "Tide." in markdown("##A\n\n{include _tide.md}\n", source__partials___tide="Tide.\n")


def test_a_missing_partial_is_reported_where_it_is_asked_for():
    reading = read("##A\n\nBefore.\n{include gone.md}\n\nAfter.\n")
    assert "warning source/plans/01-page.md:4 It includes “gone.md”, which is not in the source." in said(reading)
    assert reading.documents[0].sections[0].markdown == "## A\n\nBefore.\n\nAfter.\n"


def test_includes_that_go_in_a_circle_are_an_error_that_shows_the_circle():
    reading = read(
        "##A\n\n{include a.md}\n", source__partials___a="{include b.md}\n", source__partials___b="x\n\n{include a.md}\n"
    )
    assert (
        "error source/partials/_b.md:3 The includes go round in a circle: "
        "source/partials/_a.md → source/partials/_b.md → source/partials/_a.md." in said(reading)
    )


def test_an_include_that_climbs_out_is_not_followed():
    reading = read("##A\n\n{include ../../secret.md}\n\nText.\n", secret="The secret.\n")
    assert "climbs out of the partials" in said(reading)
    assert "secret" not in "".join(s.markdown for d in reading.documents for s in d.sections if d.key != "paper")


def test_includes_that_multiply_are_refused():
    partials = {f"source__partials___p{n}": f"{{include p{n + 1}.md}}\n\n" * 20 for n in range(12)}
    with pytest.raises(Refused, match="includes of this source are more than"):
        read("##A\n\n{include p0.md}\n", **partials)


# -- boxes, quotes, comments ---------------------------------------------------------------------------------------


def test_a_case_study_box_becomes_a_callout_titled_by_its_heading():
    text = markdown("##A\n\n{div .case-study}\n##### Case study\n\nAda built a ferry. [Read more](/ada/)\n{/div}\n")
    assert ":::{callout} case-study\n:title: Case study\nAda built a ferry. [Read more](/ada/)\n:::" in text


def test_boxes_without_a_meaning_leave_only_what_is_in_them():
    assert markdown("##A\n\n{div .statement}{div .x}\nWords.\n{/div}{/div}\n") == "## A\n\nWords.\n"


def test_a_box_that_is_never_closed_is_named():
    assert "01-page.md:3 {div .section} is opened here and never closed." in said(
        read("##A\n\n{div .section}\nText.\n")
    )


def test_a_stray_end_of_a_box_is_named():
    assert "01-page.md:3 This closes {div}, which was never opened." in said(read("##A\n\n{/div}\n\nText.\n"))


@pytest.mark.parametrize("mark", ["{pull}", "{big-pull}"])
def test_a_pulled_paragraph_becomes_a_quotation(mark):
    assert ":::{callout} quote\nShips leave\non time.\n:::" in markdown(f"##A\n\nShips leave\non time.\n{mark}\n")


def test_comments_are_left_out_and_noted():
    reading = read("##A\n\nOne.\n{::comment}\n* hidden {TIMESTAMP}\n{:/comment}\nTwo.\n")
    assert "hidden" not in reading.documents[0].sections[0].markdown
    assert "note source/plans/01-page.md:4 A comment in the source was left out." in said(reading)


def test_the_time_of_a_build_is_dropped_and_never_becomes_now():
    reading = read("##A\n\n* Last edited on {TIMESTAMP}\n* Also in {PDF=ferries.pdf}\n* Free of charge\n")
    assert reading.documents[0].sections[0].markdown == "## A\n\n* Free of charge\n"
    assert reading.counts["timestamp"] == 1


def test_navigation_placeholders_and_page_breaks_disappear():
    page = "##A\n\n{{RESPONSES}}\n{navigation}\n\nText.\n{page-break}\n\nMore.\n"
    assert markdown(page) == "## A\n\nText.\n\nMore.\n"


def test_the_list_that_stands_for_the_contents_disappears_with_its_heading():
    page = '<div class="title">\n#Ferries\n\n####May 2031\n</div>\n\n####Contents\n{:.no_toc}\n\n* Replaced\n{:toc}\n'
    reading = read("##First\n\nText.\n", source__plans__00=page)
    [document] = reading.documents
    assert (document.title, document.subtitle) == ("Ferries", "May 2031")
    assert [section.key for section in document.sections] == ["01-page"]
    assert reading.counts["headings"] == 4


def test_marks_in_code_are_only_quoted():
    page = "##A\n\nWrite `{div .x}` so:\n\n```\n{include x.md}\n{:.toc}\n```\n"
    assert markdown(page) == "## A\n\nWrite `{div .x}` so:\n\n```\n{include x.md}\n{:.toc}\n```\n"


# -- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("the 3^rd^ of May", "the 3rd of May"),
        ("x^2^ metres", "x<sup>2</sup> metres"),
        ("wait&ellipsis; there", "wait… there"),
        ("caf&eacute; &amp; bar", "café &amp; bar"),
        ("a <b>bold</b> <span class='x'>word</span>", "a **bold** word"),
        ('see <a href="/map" onclick="evil()">the map</a>', "see [the map](/map)"),
        ('see <a href="javascript:evil()">the map</a>', "see the map"),
        ("one<br>two", "one<br>two"),
        ("a \u00a0no-break", "a  no-break"),
        ("before<script>alert('x')</script>after", "beforeafter"),
    ],
)
def test_words_of_the_dialect_become_house_words(written, read_as):
    assert markdown(f"##A\n\n{written}\n") == f"## A\n\n{read_as}\n"


def test_an_unknown_entity_is_shown_as_typed_and_reported():
    reading = read("##A\n\nA &nonsense; word.\n")
    assert "&amp;nonsense;" in reading.documents[0].sections[0].markdown
    assert "01-page.md:3 “&nonsense;” is no character" in said(reading)


def test_text_that_would_be_a_directive_stays_text():
    assert "\\:::{film}" in markdown("##A\n\n:::{film} x\n")


# -- tables --------------------------------------------------------------------------------------------------------

CHART = """##A

Figure 2: Ferries by port *Source: Harbour log, 2031*
{: .fig #fig-2}

| Port  | Sail | Steam |
|-------|------|-------|
| North | 10   | 3     |
|-------|------|-------|
| South | 8    | 5     |
{: .horizontal-bar-chart .mc-stacked}
"""


def test_a_chart_table_becomes_a_chart_with_caption_name_and_source():
    assert markdown(CHART) == (
        "## A\n\n:::{chart} stacked\n:name: fig-2\n:source: Harbour log, 2031\nFigure 2: Ferries by port\n\n"
        "| Port | Sail | Steam |\n| --- | --- | --- |\n| North | 10 | 3 |\n| South | 8 | 5 |\n:::\n"
    )


def test_a_chart_whose_figures_stand_before_its_labels_is_turned():
    page = "##A\n\n%    | Use\n---- | ------|\n82%  | Online  |\n18%  | Offline |\n{: .proportional .breakdown-chart}\n"
    reading = read(page)
    assert (
        ":::{chart} share\n:unit: %\n| Use | % |\n| --- | --- |\n| Online | 82% |"
        in reading.documents[0].sections[0].markdown
    )
    assert "01-page.md:3 The columns of this chart changed places" in said(reading)


def test_a_table_under_a_caption_keeps_the_caption():
    page = "##A\n\nFigure 1: Ports\n{: .fig #fig-1}\n\n| Port | Ships |\n| --- | --- |\n| N | many |\n"
    assert (
        ":::{table}\n:name: fig-1\nFigure 1: Ports\n\n| Port | Ships |\n| --- | --- |\n| N | many |\n:::"
        in markdown(page)
    )


def test_a_chart_class_on_a_table_of_words_draws_nothing():
    page = "##A\n\nFigure 1: Scale\n{: .fig #fig-1}\n\n| Level | Means |\n|---|---|\n| 2 | much |\n| 1 | little |\n{: .breakdown-chart}\n"
    assert ":::{table}" in markdown(page)


def test_a_table_without_outer_pipes_is_a_table():
    assert "| 82% | Online |" in markdown("##A\n\n%    | Use\n---- | ------|\n82%  | Online  |\n18%  | Offline |\n")


def test_no_cell_is_lost_when_rows_are_longer_than_the_header():
    reading = read("##A\n\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 4 |\n")
    assert (
        reading.documents[0]
        .sections[0]
        .markdown.endswith("| a | b |  |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 4 |  |  |\n")
    )
    assert "01-page.md:3 The rows of this table differ in length" in said(reading)


def test_the_first_row_of_a_table_without_a_header_is_shown_as_one():
    assert "| a | b |\n| --- | --- |\n| c | d |" in markdown("##A\n\n| a | b |\n| c | d |\n")


def test_a_row_of_single_dashes_is_a_row_of_unknowns():
    assert "| - | - |" in markdown("##A\n\n| a | b |\n|---|---|\n| - | - |\n")


def test_cells_that_span_are_repeated_with_a_note():
    page = (
        "##A\n\n<table>\n<tr><th>Port</th><th>Ships</th><th>Crew</th></tr>\n"
        '<tr><td rowspan="2">North</td><td>3</td><td>30</td></tr>\n<tr><td colspan="2">none | known</td></tr>\n</table>\n'
    )
    reading = read(page)
    assert reading.documents[0].sections[0].markdown == (
        "## A\n\n| Port | Ships | Crew |\n| --- | --- | --- |\n| North | 3 | 30 |\n"
        "| North | none \\| known | none \\| known |\n"
    )
    assert "01-page.md:5 A cell spans 2 rows and 1 columns; its words are repeated in each." in said(reading)
    assert "01-page.md:6 A cell spans 1 rows and 2 columns" in said(reading)


def test_a_table_of_a_million_columns_is_left_out():
    reading = read("##A\n\n<table><tr>" + '<td colspan="1000" rowspan="1000">x</td>' * 3 + "</tr></table>\n\nText.\n")
    assert "more than 100,000 cells" in said(reading)


# -- pictures and films --------------------------------------------------------------------------------------------


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    return out.getvalue()


def test_a_picture_with_a_caption_becomes_a_figure():
    page = b"##A\n\nFigure 1: The coast\n{: .fig #fig-1}\n\n![A ragged coast](/assets/coast.png)\n"
    reading = read_folder({"source/plans/01.md": page, "assets/coast.png": png()})
    assert reading.documents[0].sections[0].markdown == (
        "## A\n\n:::{figure} figures/coast.png\n:name: fig-1\n:alt: A ragged coast\nFigure 1: The coast\n:::\n"
    )
    assert [(asset.path, asset.media_type) for asset in reading.assets] == [("figures/coast.png", "image/png")]


def test_a_picture_that_links_to_itself_is_a_figure_without_a_link():
    page = b"##A\n\n[![The coast](/assets/coast.png)](/assets/coast.png)\n"
    reading = read_folder({"source/plans/01.md": page, "assets/coast.png": png()})
    assert reading.documents[0].sections[0].markdown == "## A\n\n:::{figure} figures/coast.png\n:alt: The coast\n:::\n"


def test_a_picture_that_is_missing_leaves_its_words_and_its_link():
    reading = read("##A\n\n[![Watch Ada](/assets/ada.png)](/ada/)\n\n![A coast](/assets/coast.png)\n")
    assert reading.documents[0].sections[0].markdown == "## A\n\n[Watch Ada](/ada/)\n\n*A coast*\n"
    assert "warning source/plans/01-page.md:3 The picture “/assets/ada.png” is not in the source" in said(reading)


def test_what_only_claims_to_be_a_picture_is_not_taken_in():
    reading = read_folder({"source/plans/01.md": b"##A\n\n![x](/assets/x.png)\n", "assets/x.png": b"<html>"})
    assert reading.assets == ()
    assert "cannot be shown as a picture" in said(reading)


def test_a_film_behind_a_link_becomes_a_film_with_the_words_of_the_link():
    page = (
        '##A\n\n<div class="show-hide">\n\n[Watch it signed](http://www.youtube.com/watch?v=abc)\n\n'
        '<div class="media-player">\n<figure class="media-player-wrapper">\n'
        '<p><a href="http://www.youtube.com/watch?v=abc" rel="external">Watch on YouTube</a></p>\n</figure>\n</div>\n</div>\n\nText.\n'
    )
    assert markdown(page) == "## A\n\n:::{film} https://www.youtube.com/watch?v=abc\nWatch it signed\n:::\n\nText.\n"


def test_a_tweet_becomes_a_quotation_and_its_script_goes():
    page = (
        '##A\n\n<div class="tweet">\n<blockquote class="twitter-tweet"><p>Boats &amp; trains</p>&mdash; Ada</blockquote>\n'
        '<script src="//x.example/w.js"></script>\n</div>\n'
    )
    reading = read(page)
    assert reading.documents[0].sections[0].markdown == "## A\n\n> Boats & trains — Ada\n"
    assert "01-page.md:5 <script> was left out" in said(reading)


# -- footnotes -----------------------------------------------------------------------------------------------------


def test_a_footnote_of_another_file_stands_with_the_text_that_refers_to_it():
    reading = read(
        "##One\n\nWords.[^1] More.[^2]\n",
        source__plans__02="##Two\n\nWords.[^2]\n",
        source__plans__footnotes="##Footnotes\n{:.no_toc}\n\n[^1]: First\n\tgoes on.\n\n[^2]: Second, 4^th^.\n",
    )
    one, two = reading.documents[0].sections
    assert one.markdown == "## One\n\nWords.[^1] More.[^2]\n\n[^1]: First\n    goes on.\n\n[^2]: Second, 4th.\n"
    assert two.markdown == "## Two\n\nWords.[^2-2]\n\n[^2-2]: Second, 4th.\n"
    assert reading.counts["footnote_definitions"] == 2


def test_a_footnote_that_is_defined_nowhere_is_reported_and_leaves_no_mark():
    reading = read("##One\n\nWords.[^9]\n")
    assert reading.documents[0].sections[0].markdown == "## One\n\nWords.<sup>9</sup>\n"
    assert "01-page.md:3 The footnote “9” is defined nowhere" in said(reading)


def test_a_footnote_that_nothing_refers_to_keeps_its_words():
    reading = read("##One\n\nWords.\n\n[^1]: Lonely.\n")
    assert reading.documents[0].sections[-1].markdown == "## Footnotes without a place\n\n- Lonely.\n"


# -- bytes ---------------------------------------------------------------------------------------------------------


def test_bom_and_crlf_change_nothing():
    plain = markdown("##A\n\nOne\ntwo.\n")
    assert markdown(b"\xef\xbb\xbf##A\r\n\r\nOne\r\ntwo.\r\n") == plain


def test_an_old_encoding_is_read_and_its_first_line_named():
    reading = read(b"##A\n\nPlain.\n\nIt\x92s here.\n")
    assert "It’s here." in reading.documents[0].sections[0].markdown
    assert "warning source/plans/01-page.md:5 The file is not UTF-8; it was read as Windows-1252" in said(reading)


def test_what_is_no_text_is_an_error():
    assert "error source/plans/02.md:1 This is not text." in said(
        read("##A\n\nx\n", source__plans__02=b"##\x00\x01\xff\xfe")
    )


def test_a_line_of_fifty_megabytes_is_refused_at_once_with_its_place():
    with pytest.raises(Refused, match=r"source/plans/01-page\.md:3: this line is longer than 1,000,000 bytes"):
        read(b"##A\n\n" + b"x" * 50_000_000 + b"\n")


def test_files_are_read_in_the_order_of_their_bytes():
    reading = read(
        "##1\n\na\n",
        source__plans__Z="##Z\n\nb\n",
        source__plans__é="##é\n\nc\n",
        source__plans__99="##99\n\nd\n",
    )
    assert [s.key for s in reading.documents[0].sections] == ["01-page", "99", "Z", "é"]


# -- what the folder is --------------------------------------------------------------------------------------------


def test_the_dialect_is_recognised_and_the_house_is_not_taken_for_it():
    assert looks_like({"source/a.md": b"##Heading\n"})
    assert looks_like({"a.md": b"# A\n\n{include x.md}\n"})
    assert not looks_like({"a.md": b"# A\n\nText {#not} here.\n"})
    assert not looks_like({"strategy.toml": b"", "a.md": b"##Heading\n"})


def test_a_file_that_nothing_includes_is_named():
    assert "note source/partials/_left.md:0 No page includes this file" in said(
        read("##A\n\nx\n", source__partials___left="y\n")
    )
