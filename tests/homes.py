"""Home folders whose database has every table and no row: making one anew takes ten seconds, copying it none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MIGRATE = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
connection.close()
"""


def begin(home: Path) -> Path:
    """Put such a database into a home folder, which may be there already. Gives the folder."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_migrated(), home / "penholder.sqlite3")
    return home


def environment(home: Path, url: str = "") -> dict[str, str]:
    """What programs of that home folder run with, on its own database or that at a DATABASE_URL."""
    told = os.environ | {
        "PENHOLDER_HOME": str(home),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "penholder.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    # Coverage says on stderr that templates which are not debugged cannot be counted; the server has to be silent there.
    return {name: value for name, value in told.items() if not name.startswith("COVERAGE_")}


def migrate(home: Path, url: str = "") -> None:
    """Run every migration there."""
    subprocess.run([sys.executable, "-c", MIGRATE], env=environment(home, url), check=True)


def _migrated() -> Path:
    """The database, made once for as long as neither a migration nor a dependency changes."""
    files = [*sorted((ROOT / "src").rglob("migrations/*.py")), ROOT / "uv.lock"]
    place = ROOT / ".pytest_cache" / "migrated" / sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:20]
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            migrate(Path(folder))
            Path(folder, "penholder.sqlite3").replace(place)
    return place
