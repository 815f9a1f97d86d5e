"""Find what the tests need from the machine (a browser, Java, LibreOffice), or install it where that needs no asking.

    python3 tools/machine.py browser     prints the path of a Chromium
    python3 tools/machine.py java        prints the path of a Java
    python3 tools/machine.py office      prints the path of LibreOffice; without one the tests that need it are skipped

What is found is printed on standard output; what is done about it, on standard error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
# Where they stand on machines that do not have them on PATH.
ELSEWHERE = ("/usr/lib/chromium/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def browser() -> str | None:
    """A Chromium: the one that PENHOLDER_CHROMIUM names, one on the machine, Debian's, or Playwright's own."""
    return named("PENHOLDER_CHROMIUM") or on_path(BROWSERS) or debian("chromium", BROWSERS) or playwright()


def java() -> str | None:
    """A Java, for the HTML validator: the one that JAVA_HOME names, one on the machine, or Debian's."""
    home = os.environ.get("JAVA_HOME", "")
    if home and runs(str(Path(home) / "bin" / "java")):
        return str(Path(home) / "bin" / "java")
    return on_path(("java",)) or debian("default-jre-headless", ("java",))


def office() -> str | None:
    """LibreOffice, for documents as people really save them: one on the machine, or Debian's without a window."""
    return on_path(("soffice", "libreoffice")) or debian("libreoffice-writer-nogui", ("soffice", "libreoffice"))


def named(variable: str) -> str | None:
    """The program that a variable names; a name that leads nowhere is a mistake to be told, not passed over."""
    path = os.environ.get(variable)
    if path and not runs(path):
        sys.exit(f"tools/machine.py: {variable} is {path}, which does not run")
    return path or None


def on_path(names: tuple[str, ...]) -> str | None:
    """The first of these programs that is there and runs (Ubuntu's chromium-browser is a note that there is none)."""
    places = [shutil.which(name) for name in names] + list(ELSEWHERE if names is BROWSERS else ())
    return next((place for place in places if place and Path(place).exists() and runs(place)), None)


def runs(path: str) -> bool:
    """Whether a program can say its version."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0


def debian(package: str, names: tuple[str, ...]) -> str | None:
    """Install one of Debian's packages, where we are root or may become it without a password."""
    if not shutil.which("apt-get"):
        return None
    rise: list[str] = []
    if os.geteuid() != 0:
        if (
            not shutil.which("sudo")
            or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
        ):
            return None
        rise = ["sudo", "-n"]
    print(f"Installing Debian's {package}", file=sys.stderr, flush=True)
    apt = [*rise, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    subprocess.run([*apt, "update"], stdout=sys.stderr, check=False)
    subprocess.run([*apt, "install", "--no-install-recommends", package], stdout=sys.stderr, check=False)
    return on_path(names)


def playwright() -> str | None:
    """Playwright's own Chromium, kept in .tools/, where its download can be reached."""
    python = ROOT / ".venv/bin/python"
    if not python.exists():
        return None
    environ = os.environ | {"PLAYWRIGHT_BROWSERS_PATH": str(ROOT / ".tools" / "browsers")}
    print("Fetching Playwright's Chromium", file=sys.stderr, flush=True)
    subprocess.run([python, "-m", "playwright", "install", "chromium"], env=environ, stdout=sys.stderr, check=False)
    found = sorted((ROOT / ".tools" / "browsers").glob("chromium-*/chrome-linux*/chrome"))
    return next((str(path) for path in reversed(found) if runs(str(path))), None)


ADVICE = {
    "browser": "no Chromium was found and none could be installed. Install one (Debian: apt-get install chromium) "
    "or name one in PENHOLDER_CHROMIUM.",
    "java": "no Java was found and none could be installed, and the HTML validator needs one. "
    "Install one (Debian: apt-get install default-jre-headless) or name one in JAVA_HOME.",
    "office": "no LibreOffice was found and none could be installed (Debian: apt-get install "
    "libreoffice-writer-nogui). The tests of documents that it saved are skipped.",
}

if __name__ == "__main__":
    what = sys.argv[1]
    found = {"browser": browser, "java": java, "office": office}[what]()
    if found is None:
        sys.exit(f"tools/machine.py: {ADVICE[what]}")
    print(found)
