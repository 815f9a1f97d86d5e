"""What an import did, as data: printed for people, and as JSON for machines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from penholder.formats.reading import Reading, Unread


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read, and in which snapshot. `line` counts from 1; 0 means the whole file."""

    file: str
    line: int
    what: str
    severity: str
    snapshot: str


@dataclass(slots=True)
class Report:
    """An import in figures. What the source says is counted in its newest snapshot; `new` counts what was written.

    `responses` are all cells that were asked about, `silent` ones among them. `iterations` counts the snapshots that
    stand as iterations, whether this import made them or an earlier one; `new["iterations"]` counts sealed iterations
    of all documents, which are more.
    """

    source: str
    dry_run: bool = False
    stopped: bool = False  # an error in the source: nothing was written
    snapshots: int = 0
    iterations: int = 0
    skipped: int = 0  # snapshots older than what is here already, which cannot be put between sealed iterations
    documents: int = 0
    sections: int = 0
    headings: int = 0
    footnotes: int = 0
    organisations: int = 0
    principles: int = 0
    actions: int = 0
    responses: int = 0
    silent: int = 0
    not_applicable_proposed: int = 0
    drift: list[int] = field(default_factory=list)
    new: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            (
                "iterations",
                "editions",
                "organisations",
                "principles",
                "actions",
                "asks",
                "responses",
                "wordings",
                "addresses",
                "media",
            ),
            0,
        )
    )
    counts: dict[str, int] = field(default_factory=dict)
    unread: list[Gap] = field(default_factory=list)
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def nothing_new(self) -> bool:
        """True when everything was here already."""
        return not any(self.new.values())

    @property
    def errors(self) -> list[Gap]:
        """What stopped the import."""
        return [gap for gap in self.unread if gap.severity == "error"]

    def count(self, reading: Reading) -> None:
        """Take the figures of the newest snapshot."""
        self.documents = len(reading.documents)
        self.sections = sum(len(document.sections) for document in reading.documents)
        self.headings = reading.counts.get("headings", 0)
        self.footnotes = reading.counts.get("footnote_definitions", 0)
        self.organisations = len(reading.organisations)
        self.principles = len(reading.principles)
        self.actions = len(reading.actions)
        self.responses = len(reading.responses)
        self.silent = sum(response.silent for response in reading.responses)
        self.not_applicable_proposed = sum(bool(response.proposed_not_applicable) for response in reading.responses)
        self.drift = list(reading.drift)
        self.counts = dict(reading.counts)

    def note(self, unread: Iterable[Unread], snapshot: str) -> None:
        """Add what could not be read. What was said of an earlier snapshot already is said once, of the newest."""
        kept = {(gap.file, gap.what): gap for gap in self.unread}
        for one in unread:
            kept[one.file, one.what] = Gap(one.file, one.line, one.what, one.severity, snapshot)
        self.unread = list(kept.values())

    def to_data(self) -> dict[str, Any]:
        """Plain data for `--json`. Times are ISO 8601."""
        data = asdict(self)
        for name in ("first_at", "last_at"):
            data[name] = data[name].isoformat() if data[name] else None
        data["nothing_new"] = self.nothing_new
        return data
