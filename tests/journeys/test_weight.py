"""How heavy a page is with everything that it loads, and whether its HTML is HTML."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "src" / "penholder" / "web" / "assets"
# What the strategy promised for a page with everything it loads: 150 kB over the wire.
HEAVIEST = 150_000
LOADED = re.compile(r'(?:src|href)="(/assets/[^"]+|/media/[^"]+)"')


def size(folder, path) -> int:
    file = folder / path.lstrip("/")
    squeezed = file.with_name(f"{file.name}.gz")
    return (squeezed if squeezed.is_file() else file).stat().st_size


def test_every_page_is_light(folder):
    heavy = {}
    for file in folder.rglob("index.html"):
        html = file.read_text(encoding="utf-8")
        # A film and its captions are fetched when somebody plays it.
        loaded = {path for path in LOADED.findall(html) if not path.endswith((".mp4", ".vtt", ".json"))}
        weight = size(folder, str(file.relative_to(folder))) + sum(size(folder, path) for path in loaded)
        if weight > HEAVIEST:
            heavy[str(file.relative_to(folder))] = weight
    assert heavy == {}


def test_pages_load_nothing_from_elsewhere(folder):
    for file in folder.rglob("*.html"):
        html = file.read_text(encoding="utf-8")
        assert not re.search(r'<(?:script|img|source|track|video|iframe)[^>]+src="(?:https?:)?//', html), file
        assert not re.search(r'<link[^>]+rel="(?:stylesheet|icon|preload)"[^>]+href="(?:https?:)?//', html), file


def test_every_link_within_the_site_leads_somewhere(folder):
    """Every address and every anchor that any page names."""
    redirects = json.loads((folder / "redirects.json").read_bytes())
    ids: dict[str, set[str]] = {}
    links: dict[str, set[str]] = {}
    for file in folder.rglob("*.html"):
        where = f"/{file.relative_to(folder)}".removesuffix("index.html")
        html = file.read_text(encoding="utf-8")
        found = re.findall(r' id="([^"]+)"', html)
        assert len(found) == len(set(found)), f"{where} gives an id twice: {[i for i in found if found.count(i) > 1]}"
        ids[where] = set(found)
        links[where] = set(re.findall(r'<a\b[^>]*\bhref="([/#][^"]*)"', html))
    lost = []
    for where, addresses in links.items():
        for address in addresses:
            # A page as of a day is drawn when it is asked for; that it is a page stands in its address.
            asked = re.fullmatch(r"/as-published/\?page=(/[^&]*)&amp;on=\d{4}-\d\d-\d\d", address)
            path, _, anchor = (asked[1] if asked else address).partition("#")
            path = path or where
            target = redirects.get(path, path)
            page = target.partition("#")[0]
            known = page in ids or (folder / page.lstrip("/")).is_file()
            if not known or (anchor and page in ids and anchor not in ids[page]):
                lost.append(f"{where} → {address}")
    assert lost == []


def test_the_validator_finds_no_errors(folder, pages):
    java = os.environ.get("PENHOLDER_JAVA") or shutil.which("java")
    jar = ASSETS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not java or not jar.is_file():
        pytest.skip("the Nu validator needs Java and the package vnu-jar")
    files = [folder / f"{path.strip('/')}/index.html".lstrip("/") for path in pages.values() if path != "/404.html"]
    done = subprocess.run(
        [
            java,
            "-Xss8m",
            "-jar",
            str(jar),
            "--errors-only",
            "--format",
            "json",
            *map(str, files),
            str(folder / "404.html"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [
        f"{one['url'].rsplit('current/')[-1][-60:]}: {one['message']} {one.get('extract', '')}"
        for one in json.loads(done.stderr)["messages"]
    ]
    assert told == []
