"""LibreOffice, where the machine has one: run apart, without a window, in a folder of its own, with a limit on time."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from penholder.errors import Refused

# A first start takes 4 seconds, a long document another 10.
SECONDS = 90
_FILTERS = {"docx": "docx:MS Word 2007 XML", "odt": "odt:writer8"}


@cache
def program() -> str:
    """The path of LibreOffice; "" when there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def convert(data: bytes, old: str, new: str, *, name: str) -> bytes:
    """A document as another kind ("docx", "odt"). Refused when there is no LibreOffice, or it cannot."""
    if not program():
        raise Refused("LibreOffice is not installed here (Debian: apt-get install libreoffice-writer-nogui).")
    with tempfile.TemporaryDirectory(prefix="penholder-") as folder:
        source = Path(folder) / f"document.{old}"
        source.write_bytes(data)
        out = Path(folder) / "out"
        command = [
            program(), "--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", _FILTERS[new], "--outdir", str(out), str(source),
        ]  # fmt: skip
        variables = {"HOME": folder, "PATH": os.defpath, "LANG": "C.UTF-8"}
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env=variables, cwd=folder)
        except subprocess.TimeoutExpired as fault:
            raise Refused(f"{name} took LibreOffice longer than {SECONDS} seconds and was given up.") from fault
        made = out / f"document.{new}"
        if not made.is_file():
            raise Refused(f"LibreOffice could not read {name}. Save it as “Word document (.docx)” and try again.")
        return made.read_bytes()
