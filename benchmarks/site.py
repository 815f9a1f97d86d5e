"""The whole source of a strategy to a site: Penholder against Hugo, Jekyll, MkDocs and Sphinx with MyST.

    uv run --with mkdocs --with sphinx --with myst-parser python benchmarks/site.py
    … --runs 9 --source ../shared/data/gds-2012/tree          another number of runs, another folder of Markdown
    … --publish                                               the whole of `penholder publish` too, compression and all

Everybody gets the same Markdown files and must write a page for each, in a fresh process, with a bare layout (title,
body), no search and no theme; the number of pages is counted. They run in turn; the table shows medians. Each file gets
the front matter that Hugo and Jekyll need, and nobody else sees it; a leading underscore is taken off the name, because
Jekyll drops such files. Without the real strategy beside the checkout the demonstration strategy is built.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path

from measuring import ROOT, machine, program, table, version

REAL = ROOT.parent / "shared" / "data" / "gds-2012" / "tree"
DEMO = ROOT / "src" / "penholder" / "demo"
LAYOUT = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"
)


@dataclass
class Builder:
    name: str
    command: list[str]
    source: Path
    target: Path
    version: str
    seconds: list[float] = field(default_factory=list)
    pages: int = 0
    memory: float = 0.0


def plain_files(source: Path, target: Path) -> int:
    """Every Markdown file as UTF-8 under an ordinary name. How many there are."""
    files = sorted(source.rglob("*.md"))
    for file in files:
        parts = [part.lstrip("_") for part in file.relative_to(source).parts]
        # A file called index or README would stand for its folder in some of them, and not in others.
        parts[-1] = {"index.md": "index-page.md", "readme.md": "readme-page.md"}.get(parts[-1].lower(), parts[-1])
        there = target.joinpath(*parts)
        there.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8-sig", errors="replace").replace("\r\n", "\n")
        there.write_text(text.removeprefix("---\n"), encoding="utf-8")
    return len(files)


def with_front_matter(source: Path, target: Path, matter: str) -> None:
    for file in source.rglob("*.md"):
        there = target / file.relative_to(source)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(
            f"---\ntitle: {file.stem!r}\n{matter}---\n" + file.read_text(encoding="utf-8"), encoding="utf-8"
        )


def penholder(work: Path, files: Path) -> Builder:
    command = [sys.executable, str(ROOT / "benchmarks" / "build_pages.py"), str(files), str(work / "out")]
    return Builder("Penholder", command, files, work / "out", f"penholder {package_version('penholder')}")


def hugo(work: Path, files: Path) -> Builder | None:
    if not (found := program("hugo", "apt-get install hugo")):
        return None
    with_front_matter(files, work / "content", "")
    layouts = work / "layouts" / "_default"
    layouts.mkdir(parents=True)
    page = LAYOUT.format(title="{{ .Title }}", body="{{ .TableOfContents }}{{ .Content }}")
    (layouts / "single.html").write_text(page)
    (work / "config.toml").write_text(
        'baseURL = "https://example.org/"\n'
        'disableKinds = ["taxonomy", "term", "RSS", "sitemap", "home", "section", "404"]\n'
        "[markup.goldmark.renderer]\nunsafe = true\n"
    )
    command = [found, "--quiet", "--source", str(work), "--destination", str(work / "out")]
    return Builder("Hugo", command, work / "content", work / "out", version(found, "version").split("+")[0])


def jekyll(work: Path, files: Path) -> Builder | None:
    if not (found := program("jekyll", "apt-get install jekyll")):
        return None
    source = work / "source"
    with_front_matter(files, source, "layout: page\nrender_with_liquid: false\n")
    (source / "_layouts").mkdir()
    (source / "_layouts" / "page.html").write_text(LAYOUT.format(title="{{ page.title }}", body="{{ content }}"))
    (source / "_config.yml").write_text("plugins: []\nincremental: false\n")
    command = [
        found,
        "build",
        "--quiet",
        "--disable-disk-cache",
        "--source",
        str(source),
        "--destination",
        str(work / "out"),
    ]
    return Builder("Jekyll", command, source, work / "out", version(found, "--version"))


def mkdocs(work: Path, files: Path) -> Builder | None:
    if not (told := installed("mkdocs")):
        return None
    theme = work / "theme"
    theme.mkdir()
    (theme / "main.html").write_text(LAYOUT.format(title="{{ page.title }}", body="{{ page.content }}"))
    (work / "mkdocs.yml").write_text(
        f"site_name: x\ndocs_dir: {files}\nsite_dir: {work / 'out'}\nplugins: []\n"
        f"theme:\n  name: null\n  custom_dir: {theme}\n"
        "markdown_extensions: [toc, tables, footnotes, def_list, attr_list]\n"
    )
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(work / "mkdocs.yml")]
    return Builder("MkDocs", command, files, work / "out", told)


def sphinx(work: Path, files: Path) -> Builder | None:
    if not (told := installed("sphinx", "myst-parser")):
        return None
    source = work / "source"
    shutil.copytree(files, source)
    names = sorted(str(file.relative_to(source).with_suffix("")) for file in source.rglob("*.md"))
    (source / "index.rst").write_text("x\n=\n\n.. toctree::\n\n" + "".join(f"   {name}\n" for name in names))
    (source / "conf.py").write_text(
        "extensions = ['myst_parser']\nhtml_theme = 'basic'\nmyst_enable_extensions = ['deflist', 'attrs_inline']\n"
        "html_use_index = False\nhtml_copy_source = False\nsuppress_warnings = ['*']\n"
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-b", "dirhtml", "-d", str(work / "trees")]
    return Builder("Sphinx with MyST", [*command, str(source), str(work / "out")], source, work / "out", told)


def installed(*packages: str) -> str | None:
    try:
        return ", ".join(f"{package} {package_version(package)}" for package in packages)
    except PackageNotFoundError as missing:
        with_all = "--with mkdocs --with sphinx --with myst-parser"
        print(f"  {missing.name} is not here and is left out. Run: uv run {with_all} python benchmarks/site.py")
        return None


def run(builder: Builder) -> None:
    """One build into an empty folder; a child's peak memory is asked of the system when it ends."""
    shutil.rmtree(builder.target, ignore_errors=True)
    start = time.perf_counter()
    process = subprocess.Popen(builder.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)
    builder.seconds.append(time.perf_counter() - start)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{builder.name} failed:\n{said[-2000:]}")
    builder.memory = max(builder.memory, used.ru_maxrss / 1000)
    builder.pages = sum(1 for _ in builder.target.rglob("*.html"))


def publish(source: Path) -> list[tuple[str, float]]:
    """`penholder import` and `penholder publish`, as people run them, in a home of their own."""
    took = []
    with tempfile.TemporaryDirectory(prefix="publish.") as home:
        environment = os.environ | {"PENHOLDER_HOME": home}
        command = [sys.executable, "-c", "from penholder.cli import main; main()"]
        for words, arguments in (
            ("penholder import (everything it does)", ["import", str(source)]),
            ("penholder publish: every page, edition, comparison; brotli and gzip of each", ["publish"]),
            ("penholder publish again, nothing changed", ["publish"]),
        ):
            start = time.perf_counter()
            done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{words}: {done.stderr[-2000:]}")
            last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() and arguments == ["publish"] else ""
            took.append((f"{words}  {last.partition(', in ')[0]}", time.perf_counter() - start))
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--source", type=Path, default=REAL if REAL.is_dir() else DEMO)
    parser.add_argument("--publish", action="store_true")
    wanted = parser.parse_args()
    makers: list[Callable[[Path, Path], Builder | None]] = [penholder, hugo, jekyll, mkdocs, sphinx]
    with tempfile.TemporaryDirectory(prefix="site.") as name:
        files = Path(name) / "files"
        count = plain_files(wanted.source.resolve(), files)
        builders = []
        for make in makers:
            work = Path(name) / make.__name__
            work.mkdir()
            if builder := make(work, files):
                builders.append(builder)
        for builder in builders:
            run(builder)  # the disk and the byte code are warm for everybody
            builder.seconds.clear()
        for _ in range(wanted.runs):
            for builder in builders:
                run(builder)
        size = sum(file.stat().st_size for file in files.rglob("*.md"))
    print(machine())
    print("; ".join(builder.version for builder in builders))
    print(
        f"{count} Markdown files, {size / 1000:.0f} kB, from {wanted.source}; medians of {wanted.runs} runs in turn\n"
    )
    ours = statistics.median(builders[0].seconds)
    rows = [
        [
            builder.name,
            f"{statistics.median(builder.seconds):.2f}",
            f"{statistics.median(builder.seconds) / ours:.2f}",
            str(builder.pages),
            f"{builder.memory:.0f}",
        ]
        for builder in builders
    ]
    table(["", "seconds", "Penholder = 1", "pages", "peak MB"], rows)
    if wanted.publish:
        print()
        for words, seconds in publish(wanted.source):
            print(f"{seconds:7.2f} s  {words}")
        print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000:7.0f} MB at most, of all that ran here")
    return 0


if __name__ == "__main__":
    sys.exit(main())
