"""Serve a 60 kB page: Penholder against nginx on the same file, and against a plain Django page.

    uv run --with granian python benchmarks/serving.py              3 rounds of 3 seconds each
    uv run --with granian python benchmarks/serving.py --rounds 7 --seconds 5 --connections 64

Everybody has one worker; wrk has one thread, and a processor to itself if there are two. They run in turn, so that a
slow minute falls on all of them; the table shows medians. nginx has Debian's settings (sendfile,
tcp_nopush) without its log. Debian's nginx has no brotli module, so it is given the .br file with its header, which is
what the module does less the negotiation. The Django page asks SQLite twice and draws 140 passages.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path

from measuring import ROOT, free_port, machine, megabytes, program, table, version, wait_for_port

SIZE = 60_000
NGINX = """
worker_processes 1; daemon off; pid {home}/nginx.pid; error_log {home}/nginx.log; {user}
events {{ worker_connections 768; }}
http {{
    sendfile on; tcp_nopush on; access_log off; types {{ text/html html; }}
    client_body_temp_path {home}/t1; proxy_temp_path {home}/t2; fastcgi_temp_path {home}/t3;
    uwsgi_temp_path {home}/t4; scgi_temp_path {home}/t5;
    server {{
        listen 127.0.0.1:{port}; root {root};
        location / {{ gzip_static on; }}
        location = /brotli {{
            default_type text/html; add_header content-encoding br; try_files /page/index.html.br =404;
        }}
    }}
}}
"""


@dataclass
class Runner:
    name: str
    command: list[str]
    port: int
    path: str = "/page/"
    coding: str = ""
    against: str = ""  # the one it is compared with
    process: subprocess.Popen | None = None
    rates: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    memory: float = 0.0


def make_page() -> bytes:
    """Prose-like HTML of 60,000 bytes, the same every time."""
    chance = random.Random(2012)
    words = ["".join(chance.choice("aeioulnrstdm") for _ in range(chance.randint(2, 11))) for _ in range(4000)]
    page = "<!doctype html><title>Page</title>\n"
    while len(page) < SIZE:
        page += "<p>" + " ".join(chance.choice(words) for _ in range(60)) + ".</p>\n"
    return page[:SIZE].encode()


def publish(home: Path) -> None:
    os.environ["PENHOLDER_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "penholder.config.settings"
    from penholder.publishing import sites  # noqa: PLC0415 - the home must be known first
    from penholder.publishing.sites import Page  # noqa: PLC0415

    sites.build(at=datetime.now(UTC), pages=[Page("/page/", make_page())])
    for folder in (home, home / "public"):
        folder.chmod(0o755)  # nginx's worker is somebody else


def runners(home: Path) -> list[Runner]:
    ours, theirs, granian, plain = (free_port() for _ in range(4))
    python = sys.executable
    serve = [python, "-c", "from penholder.cli import main; main()", "serve", "--no-work", "--port", str(ours)]
    found = [
        Runner("Penholder", serve, ours, against="nginx"),
        Runner("Penholder, gzip", serve, ours, coding="gzip", against="nginx, gzip"),
        Runner("Penholder, brotli", serve, ours, coding="br", against="nginx, brotli"),
    ]
    if nginx := program("nginx", "apt-get install nginx-light"):
        user = "user root;" if os.geteuid() == 0 else ""
        text = NGINX.format(home=home, port=theirs, root=home / "public" / "current", user=user)
        (home / "nginx.conf").write_text(text)
        command = [nginx, "-c", str(home / "nginx.conf")]
        found += [
            Runner("nginx", command, theirs),
            Runner("nginx, gzip", command, theirs, coding="gzip"),
            Runner("nginx, brotli", command, theirs, path="/brotli"),
        ]
    (home / "page.html").write_bytes(make_page())
    os.environ["PLAIN_DJANGO"] = str(home)
    subprocess.run([python, str(ROOT / "benchmarks" / "plain_django.py"), "fill"], check=True)
    try:
        package_version("granian")
    except PackageNotFoundError:
        print(
            "  granian is not here and is left out. Run this with: uv run --with granian python benchmarks/serving.py"
        )
        wsgi = [python, "-m", "uvicorn", "--interface", "wsgi", "--no-access-log", "--log-level", "error"]
        found.append(
            Runner("Django page (uvicorn)", [*wsgi, "--port", str(plain), "plain_django:application"], plain, "/")
        )
    else:
        run = [python, "-m", "granian", "--no-ws", "--http", "1", "--log-level", "error", "--host", "127.0.0.1"]
        app = ["--interface", "asgi", "--loop", "uvloop", "--port", str(granian), "penholder.config.asgi:app"]
        wsgi = ["--interface", "wsgi", "--port", str(plain), "plain_django:application"]
        found.append(Runner("Penholder's application on Granian", [*run, *app], granian, against="nginx"))
        found.append(Runner("Django page (Granian)", [*run, *wsgi], plain, "/"))
    return found


def measure(wrk: str, runner: Runner, seconds: int, connections: int) -> tuple[float, float]:
    """Requests a second, and the 99th percentile in milliseconds."""
    command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    if runner.coding:
        command += ["-H", f"Accept-Encoding: {runner.coding}"]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{runner.port}{runner.path}"], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"{runner.name} answered wrongly:\n{said}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    worst = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), worst


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    wanted = parser.parse_args()
    if not (wrk := program("wrk", "apt-get install wrk")):
        return 1
    with tempfile.TemporaryDirectory(prefix="serving.", dir="/tmp") as name:
        home = Path(name)
        publish(home)
        found = runners(home)
        started: dict[tuple[str, ...], subprocess.Popen] = {}
        try:
            for runner in found:
                key = tuple(runner.command)
                if key not in started:
                    started[key] = subprocess.Popen(runner.command, cwd=ROOT / "benchmarks", stdout=subprocess.DEVNULL)
                runner.process = started[key]
                wait_for_port(runner.port, runner.process)
                measure(wrk, runner, 1, wanted.connections)  # warm
            for _ in range(wanted.rounds):
                for runner in found:
                    rate, worst = measure(wrk, runner, wanted.seconds, wanted.connections)
                    runner.rates.append(rate)
                    runner.worst.append(worst)
            for runner in found:
                runner.memory = megabytes(runner.process.pid)
        finally:
            for process in started.values():
                process.terminate()
                process.wait(30)
        show(found, wrk, wanted)
    return 0


def show(found: list[Runner], wrk: str, wanted: argparse.Namespace) -> None:
    rates = {runner.name: statistics.median(runner.rates) for runner in found}
    django = next((rate for name, rate in rates.items() if name.startswith("Django")), None)
    versions = [
        version(wrk, "-v"),
        *(f"{name} {package_version(name)}" for name in ("uvicorn", "httptools", "uvloop", "django")),
    ]
    if any(runner.name == "nginx" for runner in found):
        versions.append(version(program("nginx", "") or "", "-v"))
    if any("Granian" in runner.name for runner in found):
        versions.append(f"granian {package_version('granian')}")
    print(machine())
    print("; ".join(versions))
    print(
        f"{SIZE:,} bytes; {wanted.connections} connections; medians of {wanted.rounds} × {wanted.seconds} s, in turn\n"
    )
    rows = []
    for runner in found:
        rate = rates[runner.name]
        rows.append(
            [
                runner.name,
                f"{rate:,.0f}",
                f"{rate / rates[runner.against]:.2f}" if runner.against in rates else "",
                f"{rate / django:.0f} ×" if django and runner.name != "Penholder's application on Granian" else "",
                f"{statistics.median(runner.worst):.1f}",
                f"{runner.memory:.0f}",
            ]
        )
    table(["", "requests/s", "of nginx", "a Django page", "p99 ms", "MB"], rows)


if __name__ == "__main__":
    sys.exit(main())
