"""Which files the front-end build left: their names hold a hash, so a reader's browser may keep them for ever."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from penholder.errors import Missing


@dataclass(frozen=True, slots=True)
class Built:
    """Addresses of one style sheet and one script."""

    style: str
    script: str


def read(folder: Path, entry: str = "site") -> Built:
    """What the build's manifest names for an entry: "site" for everybody, "desk" for who is signed in.

    Raises Missing when nothing was built.
    """
    try:
        chunk = json.loads((folder / "manifest.json").read_bytes())[f"src/{entry}.ts"]
    except FileNotFoundError:
        raise Missing(
            f"The style sheet has not been built: {folder / 'manifest.json'} is missing. "
            "Run “npm ci && npm run build” in src/penholder/web/assets (“make demo” does it)."
        ) from None
    except KeyError:
        raise Missing(f"The build in {folder} is too old: it has no “{entry}”. Run “make assets”.") from None
    return Built(style=f"/assets/{chunk['css'][0]}", script=f"/assets/{chunk['file']}")
