"""State diagrams in docs, drawn from the NEXT tables: `python tools/diagrams.py` writes them anew.

A test (tests/agreement/test_diagrams.py) fails when a page does not say what the tables say.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = tuple(ROOT / "docs" / f"{name}.md" for name in ("agreement", "publishing", "services", "suggestions"))


def drawn(table: Mapping) -> str:
    """A table of states, first state first, as a Mermaid state diagram with each state's words."""
    states = list(table)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {name(state)}: {state.label}" for state in states]
    lines.append(f"    [*] --> {name(states[0])}")
    for state in states:
        after = [other for other in states if other in table[state]]
        lines += [f"    {name(state)} --> {name(other)}" for other in after]
        if not after:
            lines.append(f"    {name(state)} --> [*]")
    return "\n".join([*lines, "```"])


def name(state: str) -> str:
    """A state's key as Mermaid takes it."""
    return str(state.value).replace("-", "_")


def redrawn(page: str, tables: Mapping[str, Mapping]) -> str:
    """The page with each diagram drawn from its table. Raises KeyError for a marker that names no table."""
    return re.sub(
        r"(<!-- drawn from (\w+) -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{drawn(tables[found[2]])}\n{found[3]}",
        page,
        flags=re.DOTALL,
    )


def tables() -> dict[str, Mapping]:
    """The tables of states that the pages draw, by their names in the code."""
    from penholder.agreement import models  # noqa: PLC0415  # Django must be set up first
    from penholder.drafting.contributions import FATE_NEXT, TALK_NEXT  # noqa: PLC0415
    from penholder.publishing.models import PLANNED_NEXT  # noqa: PLC0415
    from penholder.services.models import NEXT as PUBLICATION_NEXT  # noqa: PLC0415

    return {
        "NEXT": models.NEXT,
        "REMARK_NEXT": models.REMARK_NEXT,
        "PLANNED_NEXT": PLANNED_NEXT,
        "FATE_NEXT": FATE_NEXT,
        "TALK_NEXT": TALK_NEXT,
        "PUBLICATION_NEXT": PUBLICATION_NEXT,
    }


def main() -> int:
    """Write the diagrams into the pages."""
    import django  # noqa: PLC0415  # not for who only draws

    os.environ["DJANGO_SETTINGS_MODULE"] = "penholder.config.settings"
    with tempfile.TemporaryDirectory() as home:  # settings make a home on first use; no instance is wanted here
        os.environ["PENHOLDER_HOME"] = home
        django.setup()
        for page in PAGES:
            page.write_text(redrawn(page.read_text(encoding="utf-8"), tables()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
