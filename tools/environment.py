"""Make .venv from uv.lock, with the uv in .tools/.

The lock file names the public index. Where the machine is told to use a mirror, uv would refuse the lock file as out of
date, so there the same pins are installed from the mirror, each held against the same digest.
"""

from __future__ import annotations

import os
import subprocess
import sys

from wheels import ROOT, TOOLS, mirror

UV = TOOLS / "bin" / "uv"


def main() -> None:
    """Make the environment, or leave it as it is when it already fits."""
    environ = dict(os.environ)
    # The Python that runs this is the one to use; uv fetches none.
    environ |= {
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv"),
    }
    environ.setdefault("UV_CACHE_DIR", str(TOOLS / "cache" / "uv"))
    environ.pop("VIRTUAL_ENV", None)

    def uv(*words: str) -> None:
        subprocess.run([UV, *words], cwd=ROOT, env=environ, check=True)

    index = mirror()
    if index is None:
        uv("sync", "--locked")
        return
    environ["UV_DEFAULT_INDEX"] = index
    pins = TOOLS / "requirements.txt"
    uv("export", "--quiet", "--frozen", "--no-emit-project", "--output-file", str(pins))
    uv("venv", "--quiet", "--allow-existing", str(ROOT / ".venv"))
    environ["VIRTUAL_ENV"] = str(ROOT / ".venv")
    environ["UV_PYTHON"] = str(ROOT / ".venv/bin/python")
    uv("pip", "sync", "--require-hashes", str(pins))
    uv("pip", "install", "--no-deps", "--editable", str(ROOT))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as trouble:
        sys.exit(trouble.returncode)
