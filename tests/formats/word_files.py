"""Pieces of .docx files for tests: written by hand, so that each says exactly what its test is about."""

from __future__ import annotations

import io
import zipfile

from benchmarks.returned import docx, put_in, run, taken_out

WHO = 'w:id="7" w:author="Ada" w:date="2012-11-06T09:30:00Z"'

__all__ = ["WHO", "body", "docx", "p", "put_in", "row", "run", "taken_out", "with_parts"]


def p(*parts: str, mark: str = "", style: str = "") -> str:
    """A paragraph. `mark`: what was done to its end (ins, del)."""
    said = f'<w:pStyle w:val="{style}"/>' if style else ""
    said += f"<w:rPr><w:{mark} {WHO}/></w:rPr>" if mark else ""
    return f"<w:p>{f'<w:pPr>{said}</w:pPr>' if said else ''}{''.join(parts)}</w:p>"


def row(*cells: str, mark: str = "") -> str:
    """A row of a table. `mark`: what was done to it (ins, del)."""
    said = f"<w:trPr><w:{mark} {WHO}/></w:trPr>" if mark else ""
    return f"<w:tr>{said}{''.join(f'<w:tc>{p(cell)}</w:tc>' for cell in cells)}</w:tr>"


def body(*paragraphs: str) -> bytes:
    """A .docx of these paragraphs."""
    return docx("".join(paragraphs))


def with_parts(data: bytes, parts: dict[str, str | bytes | None]) -> bytes:
    """The same zip with some of its files put in, replaced, or (None) taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry, old.read(entry))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()
