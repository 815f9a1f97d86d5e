"""Two parsers, one reading: where the house dialect is CommonMark, markdown-it-py and comrak see the same structure."""

from __future__ import annotations

from collections import Counter

import comrak
import pytest

from penholder.text.canonical import canonical
from penholder.text.dialect import PARSER, parse

TEXTS = [
    '# A\n\n## B *c* `d`\n\nSetext\n---\n\ntext **strong** _em_ [link](/a "t") <https://x.example>\n',
    "- a\n- b\n  - c\n\n    d\n  - e\n- f\n\n1. g\n2. h\n   > quote\n   > more\n",
    "- a\n\n  b\n\n- c\n+ d\n* e\n",
    "10) ten\n11) eleven\n\n    still eleven\n",
    "| a | b |\n|:--|--:|\n| 1\\|2 | `x \\| y` |\n| *c* | |\n\nafter\n",
    "text[^1] and[^long] again[^1]\n\n[^1]: one\n[^long]: two\n\n    more of two\n",
    "```python\n# no heading\n```\n\n    indented\n\n~~~\n```\n~~~\n",
    "a\\\nb\nc\n\n***\n\n> q\nlazy\n\n> > deep\n",
    '[ref]: /u "t"\n\n[ref] [words][ref] ![alt *em*](p.png)\n',
    "\\*no\\* 1986\\. &amp; &copy; &#35; **a**b *c*d __e__f\n",
    "* a\n\n      code in a\n\n* b\n\n  - c\n- d\n",
    "Para\n- interrupts\n\nPara\n2. does not\n",
]  # fmt: skip
OURS = {
    "heading_open": "heading", "paragraph_open": "paragraph", "bullet_list_open": "list", "ordered_list_open": "list",
    "list_item_open": "item", "blockquote_open": "quote", "fence": "code", "code_block": "code", "hr": "rule",
    "table_open": "table", "td_open": "cell", "th_open": "cell", "footnote_reference_open": "note", "em_open": "em",
    "strong_open": "strong", "link_open": "link", "image": "image", "code_inline": "code span", "hardbreak": "break",
    "footnote_ref": "mark",
}  # fmt: skip
THEIRS = {
    "Heading": "heading", "Paragraph": "paragraph", "List": "list", "Item": "item", "BlockQuote": "quote",
    "CodeBlock": "code", "ThematicBreak": "rule", "Table": "table", "TableCell": "cell", "FootnoteDefinition": "note",
    "Emph": "em", "Strong": "strong", "Link": "link", "Image": "image", "Code": "code span", "LineBreak": "break",
    "FootnoteReference": "mark",
}  # fmt: skip


def ours(source):
    found = []
    for token in parse(source).tokens:
        found.append(OURS.get(token.type))
        for child in token.children or ():
            found.append(OURS.get(child.type))
            found += [OURS.get(inner.type) for inner in child.children or ()]
    return Counter(name for name in found if name)


def theirs(source):
    options = comrak.ExtensionOptions(table=True, footnotes=True)
    found = Counter()
    waiting = [comrak.parse_document(source, extension_options=options)]
    while waiting:
        node = waiting.pop()
        found[THEIRS.get(type(node.node_value).__name__.removeprefix("Node"), "")] += 1
        waiting += node.children
    del found[""]
    return found


@pytest.mark.parametrize("source", TEXTS)
def test_both_parsers_see_the_same_structure(source):
    assert ours(canonical(source)) == theirs(canonical(source))


def test_both_see_the_same_headings_and_items_in_the_strategy_of_2012(shared):
    """The source is in another dialect; for two CommonMark parsers it is a long text full of traps."""
    for file in sorted((shared / "gds-2012/tree/source/digital/strategy").glob("*.md")):
        source = canonical(file.read_text(encoding="utf-8", errors="replace").replace("{", "(").replace(":", "."))
        for kind in ("heading", "list", "item", "quote", "rule", "table", "cell", "link", "image"):
            assert ours(source)[kind] == theirs(source)[kind], (file.name, kind)


def test_raw_html_blocks_are_off():
    assert PARSER.render("<script>x</script>") == "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"
