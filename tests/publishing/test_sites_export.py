"""The site as a folder for nginx or a CDN, or as an archive."""

from __future__ import annotations

import gzip
import http.client
import shutil
import subprocess
import tarfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from penholder.errors import Missing, Refused
from penholder.publishing import export, sites
from penholder.publishing.sites import Page, Redirect

NOON = datetime(2012, 11, 6, 12, tzinfo=UTC)
LONG = b"<p>Every board has a digital leader.</p>\n" * 100
NAMES = {
    "index.html", "index.html.br", "index.html.gz", "strategy/index.html", "404.html", 'a/st$range "place"/index.html',
    "assets/a-B3xq91.css", "old/index.html", "site.json", "redirects.json",
}  # fmt: skip


@pytest.fixture
def public(settings, tmp_path) -> Path:
    settings.PENHOLDER_PUBLIC = tmp_path / "public"
    settings.PENHOLDER_CACHE = tmp_path / "cache"
    return settings.PENHOLDER_PUBLIC


@pytest.fixture
def published(public):
    def publish(front=LONG):
        return sites.build(
            at=NOON,
            pages=[
                Page("/", front),
                Page("/strategy/", b"the strategy"),
                Page("/404.html", b"nothing here"),
                Page('/a/st$range "place"/', b"strange"),
                Page("/assets/a-B3xq91.css", b"body{}", "text/css", immutable=True),
                Redirect("/old/", '/a/st$range "place"/#x'),
            ],
        )

    publish()
    return publish


def inside(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_holds_everything_and_a_configuration_for_nginx(published, tmp_path):
    told = []
    made = export.to(tmp_path / "out" / "site", progress=lambda *step: told.append(step))
    assert inside(made.target) == NAMES | {"nginx.conf"}
    assert made.files == len(NAMES)
    assert told[-1][:2] == (len(NAMES), len(NAMES))
    assert (made.target / "index.html").read_bytes() == LONG
    assert (made.target / "index.html").stat().st_mtime == NOON.timestamp()
    assert made.target.stat().st_mode & 0o777 == 0o755


def test_a_second_export_takes_the_place_of_the_first(published, tmp_path):
    export.to(tmp_path / "site")
    published(b"another front")
    export.to(tmp_path / "site")
    assert (tmp_path / "site/index.html").read_bytes() == b"another front"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".site")]


def test_a_folder_of_somebody_else_is_left_alone(published, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter-1.txt").write_text("ten years of work")
    with pytest.raises(Refused, match="no export of Penholder"):
        export.to(tmp_path / "thesis")
    assert inside(tmp_path / "thesis") == {"chapter-1.txt"}
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refused, match="is no folder"):
        export.to(tmp_path / "file")
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(Refused, match="is a folder"):
        export.to(tmp_path / "folder.zip")


def test_without_a_site_there_is_nothing_to_export(public, tmp_path):
    with pytest.raises(Missing, match="no published site"):
        export.to(tmp_path / "site")


def test_an_archive_holds_the_same_and_is_the_same_every_time(published, tmp_path):
    for name in ("site.zip", "site.tar", "site.tar.gz", "site.tgz"):
        export.to(tmp_path / name)
        first = (tmp_path / name).read_bytes()
        export.to(tmp_path / name)
        assert (tmp_path / name).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        assert set(archive.namelist()) == NAMES
        assert archive.read("index.html") == LONG
        assert archive.testzip() is None
    for name in ("site.tar", "site.tar.gz", "site.tgz"):
        with tarfile.open(tmp_path / name) as archive:
            assert set(archive.getnames()) == NAMES
            assert archive.extractfile("index.html").read() == LONG
            assert {member.uname for member in archive} == {""}


def test_a_disk_that_is_full_is_told(published, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(Refused, match="no room for the export"):
        export.to(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_system_that_cannot_exchange_names_moves_them(published, tmp_path, monkeypatch):
    export.to(tmp_path / "site")
    published(b"another front")

    class Old:
        def syncfs(self, _):
            return 0

    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: Old())
    export.to(tmp_path / "site")
    assert (tmp_path / "site/index.html").read_bytes() == b"another front"


@pytest.fixture
def nginx(published, tmp_path):
    """nginx serving the export with its own configuration; gives a function that asks for an address."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        pytest.skip("nginx is not here (apt-get install nginx-light)")
    folder = tmp_path / "world-readable"
    folder.mkdir()
    for parent in (tmp_path, *tmp_path.parents):
        if parent.owner() == "root" and parent != Path("/") and parent != Path("/tmp"):
            parent.chmod(0o755)
    export.to(folder / "site")
    port = 18750
    written = (folder / "site/nginx.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors;\nevents {{}}\n"
        f"http {{ access_log off; include /etc/nginx/mime.types; default_type application/octet-stream;\n"
        f"client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; "
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{written}\n}}\n"
    )
    server = subprocess.Popen([program, "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE)

    def ask(path, **headers):
        for _ in range(100):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()})
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
            except ConnectionRefusedError:
                assert server.poll() is None, server.stderr.read()
                time.sleep(0.05)
            else:
                return answer, body
        raise AssertionError("nginx does not answer")

    yield ask
    server.terminate()
    server.communicate()


def test_nginx_serves_the_export_as_penholder_would(nginx):
    answer, body = nginx("/", accept_encoding="gzip")
    assert answer.status == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == LONG
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; img-src")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert nginx("/")[1] == LONG
    answer, _ = nginx("/assets/a-B3xq91.css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["content-security-policy"]
    answer, _ = nginx("/strategy")
    assert (answer.status, answer.headers["location"]) == (301, "/strategy/")
    for old in ("/old", "/old/"):
        answer, _ = nginx(old)
        assert (answer.status, answer.headers["location"]) == (301, "/a/st%24range%20%22place%22/#x")
    assert nginx("/a/st%24range%20%22place%22/")[1] == b"strange"
    answer, body = nginx("/nothing/")
    assert (answer.status, body) == (404, b"nothing here")
    assert nginx("/nginx.conf")[0].status == 404
