"""Checking a page on the web against its evidence: what readers are shown against what was sealed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from lxml import html

from penholder.charts import draw
from penholder.errors import Missing, Refused
from penholder.publishing import checking, evidence
from penholder.publishing.checking import Checked, Progress
from penholder.text.html import render_page
from penholder.text.inline import Media
from penholder.text.options import Options

# A page is small; a bundle may hold a long record. Whoever sends more, or more slowly, is not waited for.
MOST_BYTES_OF_PAGE = 20_000_000
MOST_BYTES_OF_BUNDLE = 1_000_000_000
SECONDS_FOR_ALL = 300.0
SECONDS_OF_SILENCE = 20.0

# Where the head of a published page names its evidence.
_BUNDLE = '//link[@rel="describedby" and @type="application/zip"]/@href'
_SEAL = '//meta[@name="penholder:seal"]/@content'


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was found at `url` (after redirects), in a file."""

    url: str
    path: Path
    media_type: str


def check(url: str, *, key: str = "", progress: Progress = lambda _done, _total, _label: None) -> Checked:
    """Check a published page, or an evidence bundle, at an address.

    Of a page: its bundle, that both carry one seal, and that a text that is shown whole has the words that were sealed.
    Redirects, and the bundle that a page names, are followed within the address's own site only. Raises Missing for
    what cannot be fetched, Refused for a page that names no evidence.
    """
    with TemporaryDirectory(prefix="penholder-") as folder:
        page = fetch(url, Path(folder) / "page", most=MOST_BYTES_OF_BUNDLE)
        if evidence.is_bundle(page.path):
            return checking.check(page.path, key=key, progress=progress)
        if page.path.stat().st_size > MOST_BYTES_OF_PAGE:
            raise Refused(f"{url} is neither an evidence bundle nor a page: it is too large.")
        body = page.path.read_bytes()
        tree = html.document_fromstring(body) if body.strip() else None
        seals, links = (_found(tree, what) for what in (_SEAL, _BUNDLE))
        if tree is None or not seals:
            raise Refused(f"{url} carries no seal, so it is no page of an edition. Give an edition's own address.")
        if not links:
            raise Refused(
                f"{url} carries the seal {seals[0][:12]}… and names no evidence: none was made of this edition yet. "
                "Try again after the site was published anew."
            )
        bundle = fetch(urljoin(page.url, links[0]), Path(folder) / "bundle", most=MOST_BYTES_OF_BUNDLE, within=url)
        checked = checking.check(bundle.path, key=key, progress=progress)
        if seals != [checked.seal]:
            checked.breaks(url, f"it carries the seal {seals[0][:12]}…, and its evidence is of {checked.seal[:12]}….")
        _compare_words(tree, bundle.path, url, checked)
        return checked


def _found(tree: html.HtmlElement | None, what: str) -> list[str]:
    """The values of attributes in a page."""
    found = tree.xpath(what) if tree is not None else []
    return [str(one) for one in found] if isinstance(found, list) else []


def _compare_words(tree: html.HtmlElement, bundle: Path, url: str, checked: Checked) -> None:
    shown = tree.get_element_by_id("text", None)
    if shown is None or tree.get("lang", "en")[:2] != "en":
        return  # a page about the text, or with figures labelled in another language
    with evidence.opened(bundle) as held:
        texts = [held.read(evidence.section_name(number + 1)).decode() for number in range(checked.sections)]
        files = {str(row["path"]): Media("/", 1, 1, str(row["type"])) for row in held.data(evidence.SEALED)["media"]}
    options = Options(resolve_media=files.get, resolve_text=lambda _: "", draw=draw)
    page = render_page([(text, ()) for text in texts], options=options)
    sealed = html.fragment_fromstring("".join(one.html for one in page.texts) + page.notes, create_parent="div")
    ours, theirs = _words(sealed), _words(shown)
    if ours == theirs:
        return
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    near = " ".join(theirs[max(0, at - 4) : at + 4])
    meant = " ".join(ours[max(0, at - 4) : at + 4])
    checked.breaks(url, f"the page does not say what was sealed. It says “… {near} …”, and sealed is “… {meant} …”.")


def _words(tree: html.HtmlElement) -> list[str]:
    """What a reader reads of a text, without drawings and films, and without what the site adds to it."""
    films = [figure for figure in tree.iter("figure") if figure.find(".//video") is not None]
    for extra in [*tree.iter("svg", "script"), *tree.find_class("ph-here"), *films]:
        extra.drop_tree()
    return re.findall(r"\S+", " ".join(tree.itertext()))


class _WithinOneSite(HTTPRedirectHandler):
    def redirect_request(self, req: Request, *more: Any) -> Request | None:
        _refuse_elsewhere(more[-1], req.full_url)
        return super().redirect_request(req, *more)


def fetch(url: str, path: Path, *, most: int, within: str = "") -> Fetched:
    """Bring what stands at `url` into a file. `within` is an address whose site must not be left."""
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise Refused(f"“{url}” is no address of a page: it starts with https:// or http://.")
    _refuse_elsewhere(url, within or url)
    ends = monotonic() + SECONDS_FOR_ALL
    with _answer(url) as answer, path.open("wb") as file:
        size = 0
        while block := answer.read(1 << 16):
            size += len(block)
            if size > most:
                raise Refused(f"{url} sends more than {most // 1_000_000} MB, which no page or bundle needs.")
            if monotonic() > ends:
                raise Missing(
                    f"{url} takes longer than {SECONDS_FOR_ALL:.0f} seconds. Download it, then give the file."
                )
            file.write(block)
        return Fetched(answer.url, path, answer.headers.get_content_type())


@contextmanager
def _answer(url: str) -> Iterator[Any]:
    request = Request(url, headers={"User-Agent": "penholder verify", "Accept-Encoding": "identity"})  # noqa: S310
    try:
        with build_opener(_WithinOneSite).open(request, timeout=SECONDS_OF_SILENCE) as answer:
            yield answer
    except HTTPError as problem:
        raise Missing(f"{url} answers {problem.code}: {problem.reason}. Is the address right?") from problem
    except (URLError, OSError, ValueError) as problem:
        said = getattr(problem, "reason", problem)
        raise Missing(f"{url} cannot be fetched: {said}. Check the address and the network.") from problem


def _refuse_elsewhere(url: str, home: str) -> None:
    """Only the same host and port, or the same host over TLS: no page sends us to machines that it cannot reach."""
    there, here = urlsplit(url), urlsplit(home)
    same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
    safer = (there.scheme, here.scheme) == ("https", "http") and there.hostname == here.hostname and not there.port
    if not (same or safer):
        raise Refused(f"{home} leads to {url}, which is another site. Give that address yourself if you trust it.")
