"""Where files of the site may stand, and where old addresses lead. Pure: no file is touched here."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from html import escape
from urllib.parse import quote, unquote, urlsplit

from penholder.errors import Refused
from penholder.publishing.releases import INDEX, REDIRECTS

# What ext4, XFS and APFS take for one name.
LONGEST_NAME = 255

_UNWANTED = re.compile(r"[\x00-\x1f\x7f\\]")


def file(path: str) -> str:
    """The file that holds an address: `/actions/01/` → `actions/01/index.html`. Raises Refused when it climbs out."""
    plain = path.removeprefix("/")
    if not plain or plain.endswith("/"):
        plain += "index.html"
    parts = plain.split("/")
    if _UNWANTED.search(plain) or any(part in {"", ".", ".."} for part in parts):
        raise Refused(
            f"“{path}” cannot be an address of the site: it climbs out of it or is not one. Name it otherwise."
        )
    if any(len(part.encode()) > LONGEST_NAME - 3 for part in parts):  # room for “.br”
        raise Refused(f"“{path[:80]}…” has a part of more than {LONGEST_NAME - 3} bytes. Give it a shorter name.")
    return plain


def address(path: str) -> str:
    """The address at which readers find a file: `actions/01/index.html` → `/actions/01/`."""
    plain = "/" + file(path)
    return plain.removesuffix("index.html") if plain.endswith("/index.html") else plain


def old_address(path: str) -> str:
    """An address that leads on; one without an ending is a folder's: `/old` and `/old/` are the same old address."""
    plain = address(path)
    last = plain.rpartition("/")[2]
    return plain if not last or "." in last else plain + "/"


class Map:
    """What is taken in one release: files, their folders, their variants. Safe to ask from several threads."""

    def __init__(self) -> None:
        self.files: set[str] = {INDEX, REDIRECTS}
        self.folders: set[str] = set()
        self.guard = threading.Lock()

    def take(self, path: str) -> str:
        """Claim a place. Raises Refused when it is taken, or when a file stands where a folder must be."""
        parents = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)]
        with self.guard:
            if path in self.files:
                raise Refused(f"Two pages want the address “/{path}”. Rename one, or publish only one of them.")
            if path in self.folders or any(parent in self.files for parent in parents):
                raise Refused(f"“/{path}” is a page here and a folder there. Rename one of them.")
            self.files.add(path)
            self.folders.update(parents)
        return path

    def beside(self, path: str, suffix: str) -> str:
        """Claim the place of a compressed variant."""
        return self.take(path + suffix)


def settle_redirects(redirects: Mapping[str, str], files: set[str]) -> dict[str, str]:
    """Every old address with the page where it ends, chains followed. An address that has a page again needs none.

    Raises Refused, with all reasons at once, for one that leads off the site, to nothing, or in a circle.
    """
    wanted = {path: to for path, to in redirects.items() if file(path) not in files}
    settled, reasons = {}, []
    for path, first in wanted.items():
        to, seen = first, {path}
        while (step := _bare(to)) in wanted and step not in seen:
            seen.add(step)
            to = wanted[step]
        if step in seen:
            reasons.append(f"The old address “{path}” leads in a circle. Let one of them lead to a page.")
        elif not to.startswith("/") or to.startswith("//") or _UNWANTED.search(to):
            reasons.append(
                f"The old address “{path}” leads off the site, to “{to}”. Let it lead to a page of the site."
            )
        elif not _there(step, files):
            reasons.append(f"The old address “{path}” leads to “{to}”, where there is no page. Publish one there.")
        else:
            settled[path] = to
    if reasons:
        raise Refused(reasons)
    return settled


def _bare(to: str) -> str:
    return unquote(urlsplit(to).path)


def _there(step: str, files: set[str]) -> bool:
    try:
        return file(step) in files
    except Refused:
        return False


def target(to: str) -> str:
    """A redirect's target as it stands in a header or an attribute: everything but plain characters escaped."""
    return quote(to, safe="/#?=&;:@!'()*+,%~-._")


def stub(to: str) -> bytes:
    """A page for hosts that can only serve files: it leads on at once, and says so to who stays."""
    there = escape(target(to), quote=True)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>This page has moved</title>\n'
        f'<link rel="canonical" href="{there}">\n<meta http-equiv="refresh" content="0; url={there}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n</head>\n<body>\n'
        f'<h1>This page has moved</h1>\n<p>Read it <a href="{there}">at its new address</a>.</p>\n</body>\n</html>\n'
    ).encode()
