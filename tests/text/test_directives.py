from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as lxml_html

from penholder.charts import draw
from penholder.text.directives import CALLOUT_KINDS, CHART_KINDS, DIRECTIVES
from penholder.text.html import Options, render
from penholder.text.inline import Media

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "house-markdown.md").read_text(encoding="utf-8")
CHART = ":::{chart} bar\n:name: fig-2\n:source: A survey\n:unit: %\nTake-up by *service*.\n\n| Service | 2012 |\n|---|--:|\n| Tax | 82 |\n:::"


def tree(source, **options):
    drawn = render(source, options=Options(**options))
    return lxml_html.fragment_fromstring(drawn.html, create_parent="main"), drawn


@pytest.mark.parametrize("name", DIRECTIVES)
def test_the_guide_shows_every_directive_with_every_option(name):
    shape = DIRECTIVES[name]
    section = GUIDE.split(f"### `{name}`\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
    assert f":::{{{name}}}" in section
    for option in shape.options:
        assert f"| `{option}`" in section, option
    for argument in filter(None, shape.arguments):
        assert f"`{argument}`" in section, argument


def test_the_guide_has_no_directive_or_option_that_is_not_there():
    shown = [line.split("`")[1] for line in GUIDE.splitlines() if line.startswith("### `")]
    assert shown == list(DIRECTIVES)


def test_every_example_of_the_guide_is_sound():
    examples = GUIDE.split("````markdown\n")[1:]
    assert len(examples) >= len(DIRECTIVES)
    for example in examples:
        source = example.split("\n````", 1)[0]
        drawn = render(source, options=Options(draw=draw, resolve_text=lambda _: "Words."))
        assert drawn.problems == (), source


def test_a_figure_has_its_picture_description_caption_source_and_a_way_to_link_to_it():
    source = ":::{figure} map.png\n:name: fig-1\n:alt: Where offices are\n:source: [Us](/us)\nOffices in *2012*.\n:::"
    page, drawn = tree(source, resolve_media=lambda path: Media(f"/m/{path}", 40, 30))
    (figure,) = page.xpath('//figure[@id="fig-1"]')
    (image,) = figure.xpath(".//img")
    assert dict(image.attrib) == {
        "src": "/m/map.png", "alt": "Where offices are", "width": "40", "height": "30", "loading": "lazy", "decoding": "async",
    }  # fmt: skip
    assert figure.xpath(".//figcaption/p[1]/em/text()") == ["2012"]
    assert figure.xpath('.//p[@class="source"]/a/@href') == ["/us"]
    (link,) = figure.xpath('.//p[@class="link-to-this"]/a')
    assert (link.get("href"), link.text) == ("#fig-1", "Link to this figure")
    assert link.get("aria-label") == "Link to this figure: Offices in 2012."
    assert [(one.kind, one.id, one.caption) for one in drawn.figures] == [("figure", "fig-1", "Offices in 2012.")]


def test_a_figure_whose_picture_is_missing_shows_its_description_and_is_reported():
    page, drawn = tree(":::{figure} gone.png\n:alt: Offices\n:::", resolve_media=lambda _: None)
    assert page.xpath('//p[@class="missing"]/text()') == ["Offices"]
    assert [problem.message for problem in drawn.problems] == ["There is no file “gone.png”."]


def test_a_chart_is_a_picture_in_words_with_its_table_one_press_away():
    page, _ = tree(CHART, draw=draw)
    (picture,) = page.xpath('//*[local-name()="svg"]')
    assert picture.get("role") == "img"
    title, words = (
        page.xpath(f'//*[@id="{picture.get(name)}"]')[0] for name in ("aria-labelledby", "aria-describedby")
    )
    assert (title.text, words.text) == ("Bar chart: Take-up by service.", "Tax: 82%.")
    assert page.xpath("//details/summary/text()") == ["Show the table"]
    assert [cell.text for cell in page.xpath("//details//table//tr/*")] == ["Service", "2012", "Tax", "82"]
    assert page.xpath('//details//th[@scope="row"]/text()') == ["Tax"]
    assert not page.xpath("//*[@style]")


def test_a_chart_without_a_table_is_reported():
    assert "no table to be drawn from" in tree(":::{chart} bar\nWords.\n:::", draw=draw)[1].problems[0].message


def test_a_captioned_table_has_its_caption_and_headings():
    page, drawn = tree(
        ":::{table}\n:name: t\n:source: Us\nWho *leads*.\n\n| a | b |\n|---|---|\n| c | d |\n\nA remark.\n:::"
    )
    assert page.xpath('//figure[@id="t"]//caption')[0].text_content() == "Who leads."
    assert page.xpath('//th[@scope="row"]/text()') == ["c"]
    assert page.xpath("//figure/p/text()") == ["A remark."]
    assert [(one.kind, one.id) for one in drawn.figures] == [("table", "t")]
    assert drawn.problems == ()


def test_a_film_has_captions_a_transcript_and_a_plain_link_inside():
    source = ":::{film} f.mp4\n:name: film\n:captions: f.vtt\n:poster: f.jpg\n:transcript: f.md\n:length: 3 minutes\nLeaders speak.\n:::"
    media = {"f.mp4": Media("/m/f.mp4", 16, 9, "video/mp4"), "f.vtt": Media("/m/f.vtt"), "f.jpg": Media("/m/f.jpg")}
    page, drawn = tree(source, resolve_media=media.get, resolve_text={"f.md": "# Words\n\nsaid[^1]"}.get)
    (video,) = page.xpath("//video")
    assert (video.get("poster"), video.get("width"), video.get("aria-label")) == ("/m/f.jpg", "16", "Leaders speak.")
    assert page.xpath("//video/source/@src") == ["/m/f.mp4"]
    assert page.xpath('//track[@kind="captions"]/@src') == ["/m/f.vtt"]
    assert page.xpath("//video//a/text()") == ["Watch the film: Leaders speak. (3 minutes)"]
    assert page.xpath("//details/h1/text()") == ["Words"]
    assert drawn.contents == ()
    assert drawn.problems == ()


def test_a_film_elsewhere_is_linked_to_and_never_embedded():
    page, _ = tree(":::{film} https://film.example/1\nLeaders speak.\n:::")
    assert not page.xpath("//video | //iframe | //img")
    assert page.xpath('//a[@rel="external"]/@href') == ["https://film.example/1"]


def test_a_film_without_captions_or_with_a_lost_transcript_is_reported():
    _, drawn = tree(":::{film} f.mp4\n:transcript: gone.md\nA.\n:::", resolve_text=lambda _: None)
    assert sorted(problem.message.split(".")[0] for problem in drawn.problems) == [
        "The film has no captions that can be shown", "There is no transcript “gone",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in CALLOUT_KINDS if kind != "quote"])
def test_a_call_out_is_named_for_everyone(kind):
    page, _ = tree(f":::{{callout}} {kind}\n:title: Born *digital*\n- words\n:::")
    (aside,) = page.xpath("//aside")
    assert aside.get("role") == "note"
    assert aside.get("aria-label").endswith(": Born digital")
    assert page.xpath("//aside/ul/li/text()") == ["words"]


def test_a_quotation_says_who_said_it_outside_the_quotation():
    page, _ = tree(":::{callout} quote\n:title: A user\n:source: Interview\nIt works.\n:::")
    assert page.xpath("//figure/blockquote/p/text()") == ["It works."]
    assert page.xpath("//figure/figcaption")[0].text_content().split() == ["A", "user", "Source:", "Interview"]


def test_directives_stand_inside_others_and_inside_lists():
    page, drawn = tree(
        f"::::{{callout}} note\n{CHART}\n::::\n\n- a\n\n  :::{{figure}} b.png\n  :alt: b\n  :::\n", draw=draw
    )
    assert page.xpath('//aside//figure[@id="fig-2"]')
    assert page.xpath("//li/figure/img/@alt") == ["b"]
    assert drawn.problems == ()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (":::{figur} a.png\nWords.\n:::", "There is no directive “figur”"),
        (":::{figure} a.png\nNo description.\n:::", "The figure has no :alt:"),
        (":::{figure}\n:alt: x\n:::", "The figure does not say the address of a picture"),
        (":::{figure} a.png\n:alt: x\n:widht: 3\n:::", "A figure has no option “widht”"),
        (":::{figure} a.png\n:alt: x", "The figure is not closed"),
        (":::{chart} pie\n\n| a | b |\n|-|-|\n| c | 1 |\n:::", "After {chart} stands “pie”"),
        (":::{callout} shout\nWords.\n:::", "After {callout} stands “shout”"),
        (":::{table}\nWords.\n:::", "There is no table between the colons"),
    ],
)
def test_what_is_written_wrong_is_reported_and_its_words_are_shown(source, words):
    page, drawn = tree("Before.\n\n" + source)
    assert [(problem.line, problem.message.startswith(words)) for problem in drawn.problems] == [(3, True)]
    if "Words." in source:
        assert "Words." in page.text_content()


def test_the_kinds_are_those_that_the_charts_draw():
    for kind in CHART_KINDS:
        assert draw(kind, [["", "a"], ["b", "1"], ["c", "2"]]).startswith("<svg")
