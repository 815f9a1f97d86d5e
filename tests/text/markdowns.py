"""Made-up Markdown for property tests: plain noise, and noise made of what the house dialect is made of."""

from __future__ import annotations

from hypothesis import strategies as st

any_text = st.text(st.characters(codec=None), max_size=200) | st.text(
    st.sampled_from(list("ab \n\t\\`*_[](){}<>#-=+|:~!^&1.\"'\u00a0\u00e9\u0301\ufeff\r\u2028/")), max_size=120
)

_WORDS = st.sampled_from(
    [
        "take-up", "82%", "£1.78bn", "caf\u00e9", "*plain*", "**strong**", "`code  x`", "[link](/a)", "[r][1]", "[1]",
        "![alt](a.png)", "[^n]", "[^none]", "\\*", "\\", "a\\|b", "<sup>", "</sup>", "<br>", "<b>", "&amp;", "&", "<",
        "https://x.example", "<https://x.example/a>", "_", "*", "`", "[", "]", "!", "{#a}", '{.b k="v"}', "|", "~", ":",
    ]
)  # fmt: skip
_STARTS = st.sampled_from(
    ["", "", "", "# ", "## ", "- ", "  - ", "    - ", "1. ", "2) ", "> ", "> > ", "    ", "\t", ": ", "[^n]: ", "[1]: /u ",
     "| a | b |", "|---|--:|", "---", "===", "```", "~~~", ":::{callout} note", "::::{figure} a.png", ":alt: x", ":::", "::::",
     ":::{chart} bar", "* * *", "+ "]
)  # fmt: skip
_ENDS = st.sampled_from(["", "", "", " ", "  ", "\\", "\\  ", "\t", " #"])

_line = st.builds(lambda start, words, end: start + " ".join(words) + end, _STARTS, st.lists(_WORDS, max_size=5), _ENDS)
house_markdown = st.lists(_line | st.just(""), max_size=14).map("\n".join)
