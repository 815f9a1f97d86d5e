"""Captions of films: found beside the page, carried over as WebVTT with a transcript."""

from __future__ import annotations

from posixpath import basename, dirname, splitext

from penholder.errors import Refused
from penholder.formats import captions
from penholder.formats.govspeak.lines import Findings
from penholder.formats.govspeak.pictures import Pictures

CAPTION_FILES = (".xml", ".ttml", ".dfxp", ".srt", ".vtt")


class Films:
    """Takes captions files into the reading, each once."""

    def __init__(self, pictures: Pictures, findings: Findings) -> None:
        self.pictures = pictures
        self.findings = findings

    def options(self, address: str, file: str, line: int) -> list[tuple[str, str]]:
        """The options of a film whose captions the page finds at `address`; none when they are not in the source."""
        if not address:
            return []
        path = self.pictures.path(address, file)
        if path is None:
            what = f"The captions “{address[:200]}” are not in the source. Add them: many readers need them."
            self.findings.note(file, line, what, "warning")
            return []
        return self.take(path)

    def take(self, path: str, stem: str = "") -> list[tuple[str, str]]:
        """Carry a captions file over; the options that name it. Broken ones are reported, and there are none."""
        stem = stem or splitext(basename(path))[0]
        if stem == "transcript" and dirname(path):
            stem = basename(dirname(path))
        try:
            read = captions.read(path, self.pictures.files[path])
        except Refused as refused:
            self.findings.note(path, 0, str(refused), "warning")
            return []
        self.findings.counts["captions_files"] += 1
        track = self.pictures.add(f"{stem}.vtt", "films", captions.webvtt(read).encode(), "text/vtt")
        words = self.pictures.add(f"{stem}.md", "films", captions.transcript(read).encode(), "text/markdown")
        return [("captions", track), ("transcript", words)]
