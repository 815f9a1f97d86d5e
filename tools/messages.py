"""Keeps the catalogues of messages: `extract` puts what is new into each, `compile` makes what Django reads.

    .venv/bin/python tools/messages.py extract     after words on a page were changed; then translate what is empty
    .venv/bin/python tools/messages.py compile     done by `make assets`

Babel reads and writes the files, so no GNU gettext is needed. Words of templates are found by Django's own parser.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template import Engine
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

SOURCE = Path(__file__).resolve().parents[1] / "src" / "penholder"
LOCALE = SOURCE / "locale"
WEB = SOURCE / "web"
TEMPLATES = (WEB / "public" / "templates", WEB / "desk" / "templates", SOURCE / "jobs" / "templates")
# What templates load besides Django's own. Only their tags are needed, so that a template can be read.
LIBRARIES = {"i18n": "django.templatetags.i18n", "rounds": "penholder.web.desk.words"}
LANGUAGES = {"cy": "nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3;"}
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop", "say"}

Message = tuple[str | tuple[str, str], str]  # what is to be translated, one form or two, and where it stands


def messages() -> Iterator[Message]:
    """Every message of the public site, the desk, its rules and letters, with the file that it stands in."""
    python = [
        *WEB.glob("*.py"),
        *WEB.glob("public/*.py"),
        *WEB.glob("desk/*.py"),
        *WEB.glob("live/*.py"),
        *SOURCE.glob("jobs/*.py"),
        SOURCE / "render" / "comparison_html.py",
        *SOURCE.glob("drafting/*.py"),
        *SOURCE.glob("people/*.py"),
        *SOURCE.glob("formats/figures/*.py"),
        SOURCE / "formats" / "steps.py",
        *SOURCE.glob("agreement/**/*.py"),
        *SOURCE.glob("publishing/*.py"),
        *SOURCE.glob("services/**/*.py"),
        SOURCE / "delivery" / "measures.py",
    ]
    for file in sorted(python):
        yield from _of_python(file)
    engine = Engine(dirs=[*TEMPLATES], builtins=["django.templatetags.i18n"], libraries=LIBRARIES)
    for file in sorted(
        file for folder in TEMPLATES for file in folder.rglob("*.*") if file.suffix in {".html", ".txt"}
    ):
        where = str(file.relative_to(SOURCE.parent))
        for node in engine.from_string(file.read_text(encoding="utf-8")).nodelist.get_nodes_by_type(Node):
            yield from ((message, where) for message in _of_node(node))


def _of_python(file: Path) -> Iterator[Message]:
    where = str(file.relative_to(SOURCE.parent))
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if node.func.id in ONE and len(words) == 1:
            yield words[0], where
        elif node.func.id == "ngettext" and len(words) == 2:
            yield (words[0], words[1]), where


def _of_node(node: Node) -> Iterator[str | tuple[str, str]]:
    if isinstance(node, TranslateNode):
        literal = node.filter_expression.var.literal
        if isinstance(literal, str):
            yield str(literal)
    elif isinstance(node, BlockTranslateNode):
        singular = node.render_token_list(node.singular)[0]
        yield (singular, node.render_token_list(node.plural)[0]) if node.plural else singular


def catalogue(language: str) -> tuple[Path, Catalog]:
    """Where the catalogue of a language lies, and what is in it."""
    file = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not file.is_file():
        return file, Catalog(locale=language, project="Penholder", charset="utf-8")
    with file.open("rb") as opened:
        return file, read_po(opened, locale=language)


def extract() -> None:
    """Put every message into every catalogue; what no page says any more is dropped, translations are kept."""
    for language, plural in LANGUAGES.items():
        file, old = catalogue(language)
        new = Catalog(
            locale=language, project="Penholder", version="", copyright_holder="", charset="utf-8", fuzzy=False
        )
        new.mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", plural)]
        new.header_comment = (
            "# The words of the public site, the desk and letters. Made by tools/messages.py; translate the empty ones."
        )
        for message, where in messages():
            known = old.get(message if isinstance(message, str) else message[0])
            new.add(message, string=known.string if known else None, locations=[(where, 0)])
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as opened:
            write_po(opened, new, width=118, sort_output=True, include_lineno=False, omit_header=True)
        header = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: {language}\\n"\n'
        text = f'{header}"Plural-Forms: {plural}\\n"\n\n{file.read_text(encoding="utf-8")}'
        file.write_text(f"{new.header_comment}\n{text}", encoding="utf-8")


def compile_all() -> None:
    """Make the compiled catalogue of every language beside its source."""
    for language in LANGUAGES:
        file, known = catalogue(language)
        with file.with_suffix(".mo").open("wb") as opened:
            write_mo(opened, known)


def main() -> int:
    """Run one of the two."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    acts: dict[str, Callable[[], None]] = {"extract": extract, "compile": compile_all}
    if sys.argv[1:] not in [[name] for name in acts]:
        print(__doc__, file=sys.stderr)
        return 2
    acts[sys.argv[1]]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
