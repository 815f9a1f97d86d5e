from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs; a test that wants it is skipped, and says so, where it is absent."""
    folder = Path(os.environ.get("PENHOLDER_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"real inputs are not here: {folder}")
    return folder
