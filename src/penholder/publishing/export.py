"""The published site as a plain folder or archive, for nginx, a CDN or a memory stick.

A folder comes with `nginx.conf`: the redirects, the compressed variants, and the headers that Penholder itself sends.
"""

from __future__ import annotations

import ctypes
import errno
import gzip
import os
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from django.conf import settings

from penholder.errors import Missing, Refused
from penholder.publishing import places, releases
from penholder.publishing.policy import OTHER_POLICY, PAGE_POLICY, security
from penholder.publishing.releases import INDEX, REDIRECTS, Entry, Release
from penholder.publishing.sites import Progress

NGINX = "nginx.conf"
ARCHIVES = {".zip", ".tar", ".tgz", ".gz"}

# Compressed already; a second time costs seconds and saves nothing.
_PACKED = (".br", ".gz", ".png", ".jpg", ".jpeg", ".webp", ".mp4", ".webm", ".woff2")

# From linux/fs.h: change two names with each other, so that there is no moment at which one is missing.
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


@dataclass(frozen=True, slots=True)
class Export:
    """What was handed over."""

    target: Path
    files: int  # compressed variants and the index included
    size: int  # bytes


def to(target: Path, *, progress: Progress | None = None) -> Export:
    """Write the site that readers see to `target`: a folder, or an archive if its name ends in .zip, .tar or .tar.gz.

    It appears in one step; a folder that an earlier export made is replaced. Raises Missing when nothing is published,
    Refused when something else stands at `target`.
    """
    shown = releases.current(Path(settings.PENHOLDER_PUBLIC))
    if shown is None:
        raise Missing("There is no published site to export. Run “penholder publish” first.")
    _objections(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that moving it into place never crosses from one disk to another.
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        if target.suffix in ARCHIVES:
            made = beside / target.name
            names = _archive(shown, made, progress)
            made.replace(target)
        else:
            made = beside / "site"
            names = _copy(shown, made, progress)
            (made / NGINX).write_text(nginx(shown, target.resolve()), encoding="utf-8")
            made.chmod(0o755)
            releases.settle(made)
            _swap(made, target)
        releases.settle_folder(target.parent)
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise Refused(
                f"There is no room for the export below {target.parent}. Make room, or name another."
            ) from problem
        raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Export(target, len(names), sum(size for _, size in names))


def _objections(target: Path) -> None:
    if target.suffix in ARCHIVES:
        if target.is_dir():
            raise Refused(f"{target} is a folder. Name the archive otherwise.")
    elif target.is_symlink() or (target.exists() and not target.is_dir()):
        raise Refused(f"{target} is there and is no folder. Name another.")
    elif target.is_dir() and any(target.iterdir()) and not (target / INDEX).is_file():
        raise Refused(f"{target} holds something that is no export of Penholder. Name an empty or a new folder.")


def _names(shown: Release) -> list[str]:
    files = [name for path, entry in shown.entries.items() for name in (path, *_beside(path, entry))]
    return sorted([*files, INDEX, REDIRECTS])


def _beside(path: str, entry: Entry) -> list[str]:
    return [path + suffix for suffix in entry.variants or ()]


def _copy(shown: Release, folder: Path, progress: Progress | None) -> list[tuple[str, int]]:
    names = _names(shown)
    sizes = []
    for done, name in enumerate(names, start=1):
        there = folder / name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(shown.folder / name, there)  # dates too: caches in front compare them
        sizes.append((name, there.stat().st_size))
        if progress:
            progress(done, len(names), name)
    return sizes


def _archive(shown: Release, file: Path, progress: Progress | None) -> list[tuple[str, int]]:
    """Every file once, in order, with the date of the publish: the same site gives the same archive."""
    names = _names(shown)
    moment = datetime.fromisoformat(shown.at).astimezone(UTC)
    sizes = []
    with _opened(file, moment) as add:
        for done, name in enumerate(names, start=1):
            source = shown.folder / name
            add(name, source)
            sizes.append((name, source.stat().st_size))
            if progress:
                progress(done, len(names), name)
    return sizes


@contextmanager
def _opened(file: Path, moment: datetime) -> Iterator[Callable[[str, Path], None]]:
    """A function that adds one file to the archive. Owner and date are the same everywhere, so nothing of us leaks."""
    if file.suffix == ".zip":
        date = (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, moment.second)
        with zipfile.ZipFile(file, "w") as archive:

            def add(name: str, source: Path) -> None:
                told = zipfile.ZipInfo(name, date)
                told.external_attr = 0o644 << 16
                told.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
                with source.open("rb") as data, archive.open(told, "w", force_zip64=True) as there:
                    shutil.copyfileobj(data, there, 1 << 20)

            yield add
        return
    with ExitStack() as stack:
        raw: IO[bytes] = stack.enter_context(file.open("wb"))
        if file.suffix != ".tar":
            packed = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=int(moment.timestamp()))
            stack.callback(packed.close)
            raw = cast("IO[bytes]", packed)
        tape = stack.enter_context(tarfile.open(fileobj=raw, mode="w"))

        def add(name: str, source: Path) -> None:
            told = tarfile.TarInfo(name)
            told.size, told.mtime, told.mode = source.stat().st_size, int(moment.timestamp()), 0o644
            with source.open("rb") as data:
                tape.addfile(told, data)

        yield add


def _swap(made: Path, target: Path) -> None:
    """Put `made` where `target` is, in one step where the system can (Linux); the old folder is left in its place."""
    if not target.exists():
        made.rename(target)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "renameat2"):
        here, there = os.fsencode(made), os.fsencode(target)
        if libc.renameat2(_AT_FDCWD, here, _AT_FDCWD, there, _RENAME_EXCHANGE) == 0:
            return
    target.rename(made.with_name("before"))  # for a blink nothing is there
    made.rename(target)


def nginx(shown: Release, root: Path) -> str:
    """A configuration to include in nginx's http block, complete but for the name and the certificate."""
    moved = "\n".join(
        f"    {_quoted(address)} {_quoted(places.target(to))};"
        for path, to in sorted(shown.redirects.items())
        for address in dict.fromkeys((path, path.rstrip("/") or "/"))
    )
    lasting = "\n".join(
        f"    {_quoted(places.address(path))} {_quoted('public, max-age=31536000, immutable')};"
        for path, entry in sorted(shown.entries.items())
        if entry.immutable
    )
    sent = "\n".join(
        f"    add_header {name.decode()} {_quoted(value.decode())} always;"
        for name, value in security(tls=False)
        if name != b"content-security-policy"
    )
    return _NGINX.format(
        at=shown.at,
        root=_quoted(str(root)),
        moved=moved,
        lasting=lasting,
        headers=sent,
        page_policy=_quoted(PAGE_POLICY.decode()),
        other_policy=_quoted(OTHER_POLICY.decode()),
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_NGINX = """\
# The site as Penholder published it on {at}. Include this file in nginx's http block (Debian: link it into
# /etc/nginx/sites-enabled/), name your host, and add your certificate.

map_hash_max_size 65536;
map_hash_bucket_size 512;

# Old addresses, for ever.
map $uri $penholder_moved {{
    default "";
{moved}
}}

# What never changes: its address names its content.
map $uri $penholder_keep {{
    default "public, no-cache";
{lasting}
}}

map $sent_http_content_type $penholder_policy {{
    default {other_policy};
    ~^text/html {page_policy};
}}

server {{
    listen 80;
    server_name _;
    root {root};
    index index.html;
    charset utf-8;
    absolute_redirect off;

    gzip_static on;
    gzip_vary on;
    # brotli_static on;  # with Debian's libnginx-mod-http-brotli-static; the .br files are there already

    add_header cache-control $penholder_keep always;
    add_header content-security-policy $penholder_policy always;
{headers}

    error_page 404 /404.html;
    if ($penholder_moved) {{
        return 301 $penholder_moved;
    }}
    location / {{
        limit_except GET {{
            deny all;
        }}
        try_files $uri $uri/ =404;
    }}
    location = /nginx.conf {{
        return 404;
    }}
}}
"""
