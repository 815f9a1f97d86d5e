"""Kill it, fill the disk: the site that was there stands, and the next publish completes."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from penholder.errors import Refused
from penholder.publishing import releases, sites
from penholder.publishing.sites import Page

NOON = datetime(2012, 11, 6, 12, tzinfo=UTC)

# Publishes edition after edition of a site in which every page, the old address too, names its edition.
PUBLISHER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from django.conf import settings
home = Path(sys.argv[1])
settings.configure(PENHOLDER_PUBLIC=home / "public", PENHOLDER_CACHE=home / "cache")
from penholder.publishing import sites
from penholder.publishing.sites import Page, Redirect
print("ready", flush=True)
edition = int(sys.stdin.readline())
pages = [Page(f"/{n}/", b"<p>edition %d page %d</p>" % (edition, n) * 120) for n in range(60)]
sites.build(at=datetime.now(UTC), pages=[*pages, Redirect("/old/", "/1/#e%d" % edition)])
print("done", flush=True)
"""


@pytest.fixture
def public(settings, tmp_path) -> Path:
    settings.PENHOLDER_PUBLIC = tmp_path / "public"
    settings.PENHOLDER_CACHE = tmp_path / "cache"
    return settings.PENHOLDER_PUBLIC


def editions_shown(public: Path) -> set[bytes]:
    """Every edition that some page of the site names; a whole site names one."""
    return {(public / "current" / str(n) / "index.html").read_bytes().split()[1] for n in range(60)}


def start(home: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def run(home: Path, edition: int) -> float:
    with start(home) as process:
        began = time.monotonic()
        process.stdin.write(f"{edition}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"
        return time.monotonic() - began


def test_killed_at_any_moment_the_site_is_whole_and_the_next_publish_completes(public, tmp_path):
    duration = run(tmp_path, 1)
    moments = random.Random(2012)  # the same moments every time, as far as a clock can keep them
    shown = {1}
    unfinished = 0
    for edition in range(2, 14):
        process = start(tmp_path)
        process.stdin.write(f"{edition}\n")
        process.stdin.flush()
        time.sleep(moments.uniform(0, duration))
        process.kill()
        process.communicate()
        (now,) = editions_shown(public)
        assert int(now) in {*shown, edition}
        shown = {int(now)}
        assert sites.check() == []
        unfinished += any(folder.suffix == ".tmp" for folder in (public / "releases").iterdir())
    assert unfinished >= 3, "the kills came too late to prove anything"
    run(tmp_path, 99)
    assert editions_shown(public) == {b"99"}
    assert sites.check() == []
    assert not list(public.glob("releases/*.tmp"))
    assert not list(public.glob("current.*"))


def test_a_release_that_was_written_but_never_shown_is_removed(public):
    sites.build(at=NOON, pages=[Page("/", b"old")])
    never_shown = releases.begin(public, at=NOON).rename(public / "releases" / "000002-20121106T120001Z")
    link = public / "current.4711"
    link.symlink_to("releases/nowhere")
    sites.build(at=NOON, pages=[Page("/", b"new")])
    assert not never_shown.exists()
    assert not link.is_symlink()
    assert (public / "current/index.html").read_bytes() == b"new"


def test_a_lost_link_loses_no_release(public):
    sites.build(at=NOON, pages=[Page("/", b"old")])
    (public / "current").unlink()
    sites.build(at=NOON, pages=[Page("/", b"new")])
    assert len(releases.kept(public)) == 2


def test_a_limit_on_file_sizes_is_told_and_the_old_site_stands(public):
    sites.build(at=NOON, pages=[Page("/", b"old")])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(Refused, match="no room for the new site"):
            sites.build(at=NOON, pages=[Page("/", b"new"), Page("/large/", os.urandom(200_000), "image/png")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    assert (public / "current/index.html").read_bytes() == b"old"
    assert [folder.suffix for folder in (public / "releases").iterdir()] == [""]


@pytest.fixture
def tiny_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk to fill; the limit on file sizes is tested without")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("media_type", ["image/png", "text/html"])  # written at once; and in the compressing threads
def test_a_full_disk_is_told_and_the_old_site_stands(settings, tiny_disk, media_type):
    settings.PENHOLDER_PUBLIC = tiny_disk / "public"
    settings.PENHOLDER_CACHE = tiny_disk / "cache"
    sites.build(at=NOON, pages=[Page("/", b"old" * 1000)])
    size = 60_000 if media_type == "image/png" else 36_000
    pages = [Page(f"/{n}/", os.urandom(size // 2).hex().encode(), media_type) for n in range(40)]
    with pytest.raises(Refused, match=r"no room for the new site below .* are free"):
        sites.build(at=NOON, pages=pages)
    assert (settings.PENHOLDER_PUBLIC / "current/index.html").read_bytes() == b"old" * 1000
    assert [folder.suffix for folder in (tiny_disk / "public/releases").iterdir()] == [""]
    assert sites.check() == []
    sites.build(at=NOON, pages=[Page("/", b"new")])  # there is room again
    assert (settings.PENHOLDER_PUBLIC / "current/index.html").read_bytes() == b"new"
