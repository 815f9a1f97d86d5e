"""A document that came back → what was done to it. The one door of this package.

.docx is read by ourselves. .odt is made a .docx by LibreOffice, where that is installed.
"""

from __future__ import annotations

from penholder.errors import Refused
from penholder.formats import archive, libreoffice, office
from penholder.formats.word.comments import comments
from penholder.formats.word.package import LARGEST, Package
from penholder.formats.word.pieces import PieceReader
from penholder.formats.word.returned import Returned
from penholder.formats.word.tracing import trace

CONVERTED = "LibreOffice made a .docx of this .odt first; what it does not carry over (formatting) was not seen."
FLATTENED = "A move is one deletion and one insertion here; both say that they belong together."


def read(data: bytes, *, name: str) -> Returned:
    """What `data`, a .docx or .odt called `name`, holds. Refused when it is damaged, protected, or something else."""
    notes = []
    if len(data) <= LARGEST and archive.is_zip(data) and office.kind(data, archive.names(data)) == "odt":
        archive.load(data, whole=True)  # the limits are ours, not LibreOffice's
        if not libreoffice.program():
            raise Refused(
                f"{name} is an OpenDocument file, whose tracked changes are read by way of LibreOffice, which is not "
                "installed here. Open it in a word processor, save it as “Word document (.docx)” and try again."
            )
        data = libreoffice.convert(data, "odt", "docx", name=name)
        notes.append(CONVERTED)
    package = Package(data, name)
    reader = PieceReader(package)
    reader.read()
    traced = trace(reader.paragraphs, reader.rows)
    if not traced.paragraphs:
        raise Refused(f"{name} has no text.")
    left = [*reader.left, *traced.left]
    said = tuple(comments(package, traced.groups, traced.paragraphs, left))
    if any(change.move for change in traced.changes):
        notes.append(FLATTENED)
    return Returned(
        name, package.origin(), tuple(traced.paragraphs), tuple(traced.changes), said, tuple(left), tuple(notes)
    )
