"""The house dialect as one parser: CommonMark, tables, footnotes, definition lists, heading attributes, directives.

markdown-it-py does the work; here stand the rules that make it ours. Raw HTML is text, but for the tags of `RAW_TAG`.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.newline import newline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote.index import footnote_def

from penholder.errors import Refused
from penholder.text.attributes import split_attributes
from penholder.text.directives import directive_rule

# A strategy of 14,000 words is 0.1 MB. What is 200 times as long, or has a line of a megabyte, is not a text.
LONGEST_TEXT = 20_000_000
LONGEST_LINE = 1_000_000
# Levels of the parser: a quotation is one, a list with its item two. Real texts have four or five.
DEEPEST = 40

# A long paragraph has 3,000 characters; this is a chapter of a book without a break.
LONGEST_PARAGRAPH = 200_000
# A paragraph with a hundred links is a bad one; one with a thousand brackets is no paragraph.
MOST_BRACKETS = 1_000

# The raw HTML that is passed on. Everything else with angle brackets is shown as it was typed.
RAW_TAG = re.compile(r"""<(?:br[ ]?/?|/?su[bp]|/abbr|abbr[ ]title=(?:"[^"<>\n]*"|'[^'<>\n]*'))>""", re.IGNORECASE)
_NOTE = re.compile(r"\[\^([^\]\[\s^]+)\]")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A canonical text with its lines and markdown-it's tokens. Shared through a cache: nobody may change a token."""

    lines: tuple[str, ...]
    tokens: tuple[Token, ...]
    close: tuple[int, ...]  # for each token the index of its closing token; of one that has none, its own
    notes: frozenset[str]  # labels of the footnotes that are defined here


def parse(text: str) -> Parsed:
    """`text`, which is canonical, as tokens. Refuses, naming the line, what is too long or too deep to be a text."""
    return _remembered(text) if len(text) <= LONGEST_LINE else _parse(text)


def check_size(text: str) -> None:
    """Refuses a text that is too long, or has a line that is, before anything slow touches it."""
    if len(text) > LONGEST_TEXT:
        lines = text.count("\n", 0, LONGEST_TEXT) + 1
        msg = (
            f"The text has {len(text):,} characters; Penholder reads up to {LONGEST_TEXT:,}, "
            f"which end in line {lines:,}. Split it into sections."
        )
        raise Refused(msg)
    if len(text) <= LONGEST_LINE:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            msg = (
                f"Line {number}: it has {len(line):,} characters; Penholder reads lines of up to {LONGEST_LINE:,}. "
                "Is this really a text?"
            )
            raise Refused(msg)


def tokens_with(text: str, env: MutableMapping[str, Any]) -> list[Token]:
    """The raw tokens of any text, canonical or not; `env` may ask for `breaks` (see `_watched_newline`)."""
    return PARSER.parse(text, env)


def _parse(text: str) -> Parsed:
    check_size(text)
    env: dict[str, Any] = {}
    tokens = PARSER.parse(text, env)
    close = list(range(len(tokens)))
    stack: list[int] = []
    for index, token in enumerate(tokens):
        if token.nesting == 1:
            stack.append(index)
        elif token.nesting == -1:
            close[stack.pop()] = index
    labels = frozenset(key[1:] for key in env.get("footnotes", {}).get("refs", {}))
    return Parsed(tuple(text.split("\n")), tuple(tokens), tuple(close), labels)


# The blocks, the words and the page of one section are asked for one after another; a handful is enough.
_remembered = lru_cache(maxsize=8)(_parse)


def _guard_depth(state: StateBlock, start_line: int, _end_line: int, _silent: bool) -> bool:
    if state.level >= DEEPEST:
        msg = f"Line {start_line + 1}: lists and quotations are nested more than {DEEPEST} deep. Nobody can read that."
        raise Refused(msg)
    return False


def _heading_attributes(state: StateCore) -> None:
    for index, token in enumerate(state.tokens):
        if token.type == "heading_open":
            inline = state.tokens[index + 1]
            inline.content, token.meta["attributes"] = split_attributes(inline.content)


def _inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        _check_paragraph(token)
        state.env["inline"] = token
        token.children = []
        try:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        except RecursionError:
            line = (token.map or [0])[0] + 1
            msg = f"Line {line}: brackets are nested too deep to be read. Nobody could have meant that."
            raise Refused(msg) from None


def _check_paragraph(token: Token) -> None:
    """Refuse what takes long: the parser looks from each opening bracket for the closing one, in all that follows."""
    if len(token.content) > LONGEST_PARAGRAPH:
        line = (token.map or [0])[0] + 1
        msg = (
            f"Line {line}: a paragraph begins here that has {len(token.content):,} characters; Penholder reads "
            f"paragraphs of up to {LONGEST_PARAGRAPH:,}. Put empty lines between its parts."
        )
        raise Refused(msg)
    opened = token.content.count("[")
    if opened > MOST_BRACKETS:
        line = (token.map or [0])[0] + 1
        msg = f"Line {line}: a paragraph begins here that has {opened:,} opening brackets. Nobody can have meant that."
        raise Refused(msg)


def _note_reference(state: StateInline, silent: bool) -> bool:
    """`[^label]`, defined here or not: whoever renders knows all definitions of the page."""
    found = _NOTE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    known = ":" + found[1] in state.env.get("footnotes", {}).get("refs", {})
    if not known and state.src[found.end() : found.end() + 1] in ("(", "["):
        return False  # `[^a](b)` is a link whose words begin with a caret
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": found[1]}
    state.pos = found.end()
    return True


def _raw_tag(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<" or (found := RAW_TAG.match(state.src, state.pos, state.posMax)) is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _watched_newline(state: StateInline, silent: bool) -> bool:
    """Ends of lines; says in `env["breaks"]`, by inline token and place, which of them break the line for real."""
    if state.src[state.pos] != "\n":
        return False
    breaks = state.env.get("breaks")
    if breaks is not None and not silent and state.src is state.env["inline"].content:
        hard = state.pending.endswith("  ")
        breaks.append((state.env["inline"], state.pos, hard))
    return newline(state, silent)


def _any_address(_address: str) -> bool:
    return True


def _build() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 100, "html": False})
    # `addresses` decides what may be linked to, and says so; here a link is a link.
    setattr(parser, "validateLink", _any_address)  # noqa: B010
    parser.enable("table").disable(["html_block", "html_inline"])
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.use(deflist_plugin)
    parser.block.ruler.before("table", "guard_depth", _guard_depth)
    parser.block.ruler.before("fence", "directive", directive_rule, interrupts)
    parser.block.ruler.before("reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]})
    parser.core.ruler.before("inline", "heading_attributes", _heading_attributes)
    parser.core.ruler.at("inline", _inline)
    parser.inline.ruler.before("link", "note_reference", _note_reference)
    parser.inline.ruler.after("autolink", "raw_tag", _raw_tag)
    parser.inline.ruler.at("newline", _watched_newline)
    return parser


PARSER = _build()
