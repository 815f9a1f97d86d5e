"""What an act is refused for, in one line."""

from __future__ import annotations

import pytest

from penholder.errors import Refused


def reasons_of(act) -> str:
    """Every reason, joined; fails when the act is not refused."""
    with pytest.raises(Refused) as caught:
        act()
    return " ".join(caught.value.reasons)
