"""Fifty people type in one draft of 60,000 words: Penholder against y-websocket and Hocuspocus, from npm.

    .venv/bin/python benchmarks/live.py                                  50 editors × 5 edits a second × 20 seconds
    .venv/bin/python benchmarks/live.py --editors 200 --seconds 10 --only penholder

The same clients (live_peers/clients.mjs) speak to all three, one server after the other, each in one process.
Each edit carries a mark that every other client must see; `late` is from its sending to its arrival there. Penholder
stores each edit and checks who sent it before it says that it is kept; the peers store and check nothing.
The peers are installed into benchmarks/live_peers on first use, and are never part of the product.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from measuring import ROOT, free_port, machine, table, wait_for_port

PEERS = ROOT / "benchmarks" / "live_peers"
SECTIONS = 60
# Rooms that somebody opened and left, to see what one takes.
IDLE = 4
SENTENCE = "Each department appoints a leader for its digital services, says by when, and reports what it has done. "
MAKE = """
import json, sys, django
django.setup()
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.utils import timezone
from penholder.drafting import documents
from penholder.drafting.documents import Draft
from penholder.people.models import Holding, Organisation, Person, Post
call_command("migrate", verbosity=0)
seed = json.load(open(sys.argv[1]))
for name in ("strategy", *(f"idle-{number}" for number in range(int(sys.argv[3])))):
    documents.put(key=name, kind="strategy", title="The strategy",
                  sections=[Draft(key, key, text) for key, text in seed.items()])
body = Organisation.objects.create(key="centre", name="The centre")
cookies = []
for number in range(int(sys.argv[2])):
    post = Post.objects.create(organisation=body, key=f"pen-{number}", title=f"Pen {number}", role="pen")
    someone = Person.objects.create_user(f"p{number}@dept.example", name=f"Person {number}")
    Holding.objects.create(post=post, person=someone, since=timezone.now() - timedelta(days=1))
    session = SessionStore()
    session[SESSION_KEY] = str(someone.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = someone.get_session_auth_hash()
    session.create()
    cookies.append(f"session={session.session_key}")
print(json.dumps(cookies))
"""


def node() -> str:
    """The node that the front end is built with."""
    return str(ROOT / ".tools" / "bin" / "node")


def cpu(pid: int) -> float:
    """Seconds of processor that a process has taken, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Megabytes that a process holds now."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def loaded(address: str) -> float:
    """Seconds until the desk answers, of a server that has just begun to listen."""
    began = time.monotonic()
    with urllib.request.urlopen(f"{address}/account/login/", timeout=60) as answer:
        answer.read()
    return time.monotonic() - began


def clients(**told: object) -> subprocess.Popen[str]:
    """The editors; they print "ready" and wait for a line before they type."""
    pipe = subprocess.PIPE
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(told, file)
    return subprocess.Popen(
        [node(), str(PEERS / "clients.mjs"), file.name], stdin=pipe, stdout=pipe, text=True, cwd=PEERS
    )


def measured(server: subprocess.Popen[str], typing: subprocess.Popen[str]) -> dict:
    """Let them type; what they saw, and what it cost the server."""
    assert typing.stdin
    assert typing.stdout
    if typing.stdout.readline().strip() != "ready":
        sys.exit("The editors could not come in.")
    quiet = memory(server.pid)
    before = cpu(server.pid)
    typing.stdin.write("go\n")
    typing.stdin.flush()
    found = json.loads(typing.stdout.readline())
    found |= {"cpu": cpu(server.pid) - before, "quiet": quiet, "memory": memory(server.pid)}
    typing.stdin.write("bye\n")
    typing.stdin.close()
    typing.wait(timeout=30)
    return found


def ours(seed: dict[str, str], asked: argparse.Namespace) -> dict:
    """Penholder, with an SQLite file on this disk."""
    with tempfile.TemporaryDirectory(prefix="penholder-live-") as folder:
        file = Path(folder) / "seed.json"
        file.write_text(json.dumps(seed), encoding="utf-8")
        told = os.environ | {
            "PENHOLDER_HOME": f"{folder}/home",
            "PENHOLDER_SECOND_FACTOR": "none",
            "DJANGO_SETTINGS_MODULE": "penholder.config.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }
        made = [sys.executable, "-c", MAKE, str(file), str(asked.editors), str(IDLE)]
        cookies = json.loads(subprocess.run(made, env=told, check=True, capture_output=True, text=True).stdout)
        port = free_port()
        command = [sys.executable, "-c", "from penholder.cli.serve import serve; serve()", "--no-work"]
        server = subprocess.Popen([*command, "--port", str(port)], env=told, stdout=subprocess.DEVNULL, text=True)
        try:
            wait_for_port(port, server)
            origin = f"http://localhost:{port}"
            started = loaded(origin)

            def come(room: str, **more: object) -> dict:
                told = {"origin": origin, "room": room, "cookies": cookies, "sections": list(seed)} | more
                return measured(
                    server, clients(kind="penholder", url=f"ws://localhost:{port}/desk/live/{room}/", **told)
                )

            # As cold as can be: nobody has written in the draft, and the server has asked the database nothing.
            cold = come("strategy", clients=1, perSecond=2, seconds=1)
            before_idle = memory(server.pid)
            for number in range(IDLE):
                come(f"idle-{number}", clients=1, perSecond=1, seconds=0)
            idle = (memory(server.pid) - before_idle) / IDLE
            found = come("strategy", clients=asked.editors, perSecond=asked.per_second, seconds=asked.seconds)
            return found | {"started": started, "first": cold["opened"] + cold["kept"]["most"], "idle": idle}
        finally:
            server.terminate()
            server.wait(timeout=60)


def theirs(name: str, seed: dict[str, str], asked: argparse.Namespace) -> dict:
    """One of the peers, with its defaults."""
    port = free_port()
    program = "node_modules/y-websocket/bin/server.cjs" if name == "y-websocket" else "hocuspocus.mjs"
    told = os.environ | {"PORT": str(port), "HOST": "127.0.0.1", "NODE_ENV": "production"}
    server = subprocess.Popen([node(), program], cwd=PEERS, env=told, stdout=subprocess.DEVNULL, text=True)
    try:
        wait_for_port(port, server)
        typing = clients(
            kind=name, url=f"ws://127.0.0.1:{port}/strategy", origin=f"http://127.0.0.1:{port}", room="strategy",
            clients=asked.editors, perSecond=asked.per_second, seconds=asked.seconds, sections=list(seed), seed=seed,
        )  # fmt: skip
        return measured(server, typing)
    finally:
        server.terminate()
        server.wait(timeout=30)


def main() -> None:
    """Run them in turn and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editors", type=int, default=50)
    parser.add_argument("--per-second", type=float, default=5, dest="per_second")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--words", type=int, default=60_000)
    parser.add_argument("--only", choices=("penholder", "y-websocket", "hocuspocus"))
    asked = parser.parse_args()
    if not (PEERS / "node_modules").is_dir():
        npm = ["npm", "--prefix", str(PEERS), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        told = os.environ | {"PATH": f"{ROOT / '.tools' / 'bin'}:{os.environ['PATH']}"}
        subprocess.run(npm, check=True, env=told)
    each = SENTENCE * (asked.words // SECTIONS // len(SENTENCE.split()))
    seed = {f"s{number}": f"# Part {number}\n\n{each}\n" for number in range(SECTIONS)}
    runs = {"penholder": lambda: ours(seed, asked)}
    runs |= {name: lambda name=name: theirs(name, seed, asked) for name in ("y-websocket", "hocuspocus")}
    print(f"{machine()}; {asked.editors} editors × {asked.per_second:g} edits/s × {asked.seconds} s", flush=True)
    rows = []
    for name, call in runs.items():
        if asked.only in {None, name}:
            found = call()
            print(name, json.dumps(found), file=sys.stderr, flush=True)
            late, kept = found["late"], found["kept"]
            rows.append(
                [
                    name,
                    f"{found['arrived']:,} of {found['expected']:,}",
                    *(f"{late[part]:.0f}" if late[part] is not None else "–" for part in ("p50", "p95", "p99")),
                    f"{kept['p95']:.0f}" if kept["p95"] is not None else "stores nothing",
                    f"{found['cpu']:.1f}",
                    f"{found['opened']:.0f}",
                    f"{found['quiet']:.0f} → {found['memory']:.0f}",
                ]
            )
            if "first" in found:
                print(f"from listening to the desk's first page: {found['started']:.1f} s")
                print(f"a draft that nobody has opened, to the first edit stored: {found['first']:.0f} ms")
                print(f"memory of an idle room: {found['idle']:.1f} MB, for a draft of {found['bytes'] / 1000:.0f} kB")
    head = ["", "arrived", "p50 ms", "p95", "p99", "kept p95", "server CPU s", "opening ms", "memory MB"]
    table(head, rows)


if __name__ == "__main__":
    main()
