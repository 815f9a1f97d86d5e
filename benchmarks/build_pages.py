"""House Markdown to a folder of pages in a fresh process: `python build_pages.py SOURCE TARGET`. Timed by site.py.

The same work as a site generator does: read, parse, give every passage its id, sanitise, draw a page with contents and
footnotes around it, write. No compression, no comparison, no database: those are `penholder publish`, timed beside it.
Nothing of Django is imported, because from `penholder.text` down nothing needs it.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from penholder.text.html import render

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<nav><ol>{contents}</ol></nav>
<main>{html}</main>
</body>
</html>
"""


def main(source: Path, target: Path) -> None:
    for file in sorted(source.rglob("*.md")):
        text = render(file.read_text(encoding="utf-8"))
        contents = "".join(
            f'<li><a href="#{escape(entry.id)}">{escape(entry.title)}</a></li>' for entry in text.contents
        )
        there = target / file.relative_to(source).with_suffix("") / "index.html"
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(PAGE.format(title=escape(file.stem), contents=contents, html=text.html), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
