"""The parts of a .docx that are the same for every text: styles, lists, kinds of content."""

from __future__ import annotations

from importlib.resources import files
from xml.sax.saxutils import escape, quoteattr

from penholder.formats.word.returned import Origin

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="w14 w15"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# The namespace of the part that carries the Markdown. It is only a name, and never fetched.
CARRIED = "urn:penholder:text"

_CONTENT = {
    "word/document.xml": f"{_MAIN}.document.main+xml",
    "word/styles.xml": f"{_MAIN}.styles+xml",
    "word/numbering.xml": f"{_MAIN}.numbering+xml",
    "word/settings.xml": f"{_MAIN}.settings+xml",
    "word/footnotes.xml": f"{_MAIN}.footnotes+xml",
    "word/footer1.xml": f"{_MAIN}.footer+xml",
    "word/comments.xml": f"{_MAIN}.comments+xml",
    "word/commentsExtended.xml": f"{_MAIN}.commentsExtended+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
}
_PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}


def content_types() -> str:
    """What each part is."""
    kinds = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml", **_PICTURES}
    made = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in kinds.items())
    made += "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in _CONTENT.items())
    return f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{made}</Types>'


def relations(found: list[tuple[str, str, str, bool]]) -> str:
    """Relations: (id, type, target, leads out of the file)."""
    made = ""
    for name, kind, target, out in found:
        mode = ' TargetMode="External"' if out else ""
        made += f'<Relationship Id="{name}" Type="{kind}" Target={quoteattr(target)}{mode}/>'
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{made}</Relationships>'


def top_relations() -> str:
    """Where the package begins."""
    return relations(
        [
            ("rId1", f"{OFFICE}/officeDocument", "word/document.xml", False),
            ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml", False),
            ("rId3", f"{OFFICE}/custom-properties", "docProps/custom.xml", False),
        ]
    )


def footer(title: str, state: str, language: str) -> str:
    """What stands at the foot of each page: which text this is, in which state, and which page of how many."""
    which = escape(" · ".join(filter(None, (title, state))))
    page, of = ("Tudalen", "o") if language.startswith("cy") else ("Page", "of")
    number, count = (
        f'<w:fldSimple w:instr=" {field} "><w:r><w:t>1</w:t></w:r></w:fldSimple>' for field in ("PAGE", "NUMPAGES")
    )
    said, between, then = (f'<w:r>{tab}<w:t xml:space="preserve">{words}</w:t></w:r>' for tab, words in (
        ("", which), ("<w:tab/>", f"{page} "), ("", f" {of} "),
    ))  # fmt: skip
    inside = f'<w:pPr><w:pStyle w:val="Footer"/></w:pPr>{said}{between}{number}{then}{count}'
    return f"{HEAD}<w:ftr {NAMES}><w:p>{inside}</w:p></w:ftr>"


def core(title: str, language: str) -> str:
    """Title and language of the document, which screen readers ask for."""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:language>{language}</dc:language></cp:coreProperties>"
    )


def custom(origin: Origin) -> str:
    """Where the text comes from; survives Word and LibreOffice."""
    said = {
        "penholder-document": origin.document,
        "penholder-iteration": "" if origin.iteration is None else str(origin.iteration),
        "penholder-seal": origin.seal,
        "penholder-carries": "suggestions" if origin.carries else "",
    }
    properties = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{name}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(said.items(), start=2)
        if value
    )
    return (
        f'{HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{properties}</Properties>'
    )


def settings() -> str:
    """Nothing unusual. Word tracks what is changed from here on: that is what the document is sent round for."""
    return f'{HEAD}<w:settings {NAMES}><w:trackRevisions/><w:defaultTabStop w:val="720"/></w:settings>'


def styles(language: str) -> str:
    """Styles of our own, for a text in this language."""
    return files(__package__).joinpath("outgoing_styles.xml").read_text(encoding="utf-8").replace("LANGUAGE", language)


def numbering(ordered: list[int]) -> str:
    """One list of bullets (1), and one numbered list (2, 3, …) for each number with which one begins."""
    bullets = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="{"•–"[level % 2]}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{567 * (level + 1)}" w:hanging="283"/></w:pPr></w:lvl>'
        for level in range(9)
    )
    numbers = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%{level + 1}."/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{567 * (level + 1)}" w:hanging="425"/></w:pPr></w:lvl>'
        for level in range(9)
    )
    kinds = (
        f'<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>{bullets}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>{numbers}</w:abstractNum>'
    )
    lists = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    for number, start in enumerate(ordered, start=2):
        again = "".join(
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start if not level else 1}"/></w:lvlOverride>'
            for level in range(9)
        )
        lists += f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/>{again}</w:num>'
    return f"{HEAD}<w:numbering {NAMES}>{kinds}{lists}</w:numbering>"


def carried(texts: tuple[str, ...]) -> str:
    """The Markdown that the document was made from. It is believed only where its words still agree."""
    sections = "".join(f'<text xml:space="preserve">{escape(text)}</text>' for text in texts)
    return f'{HEAD}<penholder xmlns="{CARRIED}">{sections}</penholder>'
