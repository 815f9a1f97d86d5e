"""The published site as a plain folder or archive, for nginx, a CDN or a memory stick.

A folder comes with `nginx.conf`: the redirects, the compressed variants, the headers that Penholder itself sends. The
headers of pages are passed in, because they belong to the door that speaks HTTP.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from penholder.errors import Missing, Refused
from penholder.publishing import places, releases
from penholder.publishing.releases import INDEX, REDIRECTS, Entry, Release
from penholder.publishing.sites import Progress

NGINX = "nginx.conf"
ARCHIVES = {".zip", ".tar", ".tgz", ".gz"}

# From linux/fs.h: change two names with each other, so that there is no moment at which one is missing.
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


@dataclass(frozen=True, slots=True)
class Export:
    """What was handed over."""

    target: Path
    files: int  # compressed variants and the index included
    size: int  # bytes


def to(target: Path, *, headers: Mapping[str, str] | None = None, progress: Progress | None = None) -> Export:
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
            (made / NGINX).write_text(nginx(shown, target.resolve(), headers or {}), encoding="utf-8")
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
    writing = _Zip(file, moment) if file.suffix == ".zip" else _Tar(file, moment)
    with writing:
        for done, name in enumerate(names, start=1):
            data = (shown.folder / name).read_bytes()
            writing.add(name, data)
            sizes.append((name, len(data)))
            if progress:
                progress(done, len(names), name)
    return sizes


class _Zip:
    def __init__(self, file: Path, moment: datetime) -> None:
        self.archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.moment = (max(moment.year, 1980), *moment.timetuple()[1:6])  # zip knows no earlier year

    def add(self, name: str, data: bytes) -> None:
        told = zipfile.ZipInfo(name, self.moment)
        told.external_attr = 0o644 << 16
        # What is compressed already is stored as it is.
        packed = name.endswith((".br", ".gz", ".png", ".jpg", ".mp4", ".webp"))
        self.archive.writestr(told, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)

    def __enter__(self) -> None:
        self.archive.__enter__()

    def __exit__(self, *problem: object) -> None:
        self.archive.close()


class _Tar:
    def __init__(self, file: Path, moment: datetime) -> None:
        mode = "w:gz" if file.suffix in {".gz", ".tgz"} else "w"
        self.archive = tarfile.open(file, mode)  # noqa: SIM115 - closed by __exit__
        self.moment = int(moment.timestamp())

    def add(self, name: str, data: bytes) -> None:
        import io  # noqa: PLC0415

        told = tarfile.TarInfo(name)
        told.size, told.mtime, told.mode = len(data), self.moment, 0o644
        self.archive.addfile(told, io.BytesIO(data))

    def __enter__(self) -> None:
        self.archive.__enter__()

    def __exit__(self, *problem: object) -> None:
        self.archive.close()


def _swap(made: Path, target: Path) -> None:
    """Put `made` where `target` is, in one step where the system can do that (Linux); the old folder goes with `made`."""
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


def nginx(shown: Release, root: Path, headers: Mapping[str, str]) -> str:
    """A configuration to include in nginx's http block, complete but for the name and the certificate."""
    moved = "\n".join(
        f"    {_quoted(address)} {_quoted(places.target(to))};"
        for path, to in sorted(shown.redirects.items())
        for address in ((path, path.rstrip("/")) if path.endswith("/") and path != "/" else (path,))
    )
    lasting = "\n".join(
        f"    {_quoted(places.address(path))} {_quoted('public, max-age=31536000, immutable')};"
        for path, entry in sorted(shown.entries.items())
        if entry.immutable
    )
    sent = "\n".join(f"    add_header {name} {_quoted(value)} always;" for name, value in headers.items())
    return _NGINX.format(moved=moved, lasting=lasting, headers=sent, root=_quoted(str(root)), at=shown.at)


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

server {{
    listen 80;
    listen [::]:80;
    server_name _;
    root {root};
    charset utf-8;
    absolute_redirect off;

    gzip_static on;
    # brotli_static on;  # with the module (Debian: libnginx-mod-http-brotli-static); the .br files are here

    error_page 404 /404.html;
    add_header Cache-Control $penholder_keep always;
    add_header Vary Accept-Encoding always;
{headers}

    location / {{
        if ($penholder_moved) {{
            return 301 $penholder_moved;
        }}
        limit_except GET {{
            deny all;
        }}
        try_files $uri $uri/index.html =404;
    }}
    location ~ /$ {{
        if ($penholder_moved) {{
            return 301 $penholder_moved;
        }}
        try_files ${{uri}}index.html =404;
    }}
    location = /nginx.conf {{
        return 404;
    }}
}}
"""
