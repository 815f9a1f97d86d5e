"""A file of figures read as rows that can be taken in, with everything that is wrong told by its cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from penholder.errors import Refused
from penholder.formats import archive
from penholder.formats.figures.catalogue import Catalogue, ListedService, find_channel
from penholder.formats.figures.cells import MOST_BYTES, NOTHING, Book, Cell, Odd, Sheet, letters
from penholder.formats.figures.columns import Head, Quantity, Use, is_head, plain, read_head
from penholder.formats.figures.numbers import Gap, Kind, read_number
from penholder.formats.figures.periods import Period, Quarters, of_day, read_period
from penholder.formats.figures.plain import objections_to_ending, read_plain
from penholder.formats.figures.told import Fault, Told, Weight, say
from penholder.formats.figures.workbooks import objections_to_kind, read_workbook

# A title, a date and a few lines of explanation come before a table; what stands lower is another table.
_HEAD_WITHIN = 25
# Sheets that our own template has beside its table.
_BESIDE = frozenset({"example", "lists", "how to fill this in"})
_SUMS = ("total", "totals", "grand total", "sum", "all services", "subtotal", "overall")


@dataclass(frozen=True)
class Given:
    """One value that a row gives, and where: of a quantity, in a channel ("" for all), in a period."""

    quantity: str
    channel: str
    period: Period
    value: int | Decimal | Gap
    column: str
    holds: str


@dataclass(frozen=True)
class FigureRow:
    """One row about one service that has no fault that would keep it out. Blank cells give nothing and are left out."""

    sheet: str
    row: int
    service: str
    given: tuple[Given, ...]


@dataclass(frozen=True)
class Figures:
    """A whole file: rows that can be taken in, the faults by cell, and what is to be said of the file."""

    rows: tuple[FigureRow, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Told, ...] = ()

    @property
    def errors(self) -> tuple[Fault, ...]:
        """What keeps rows out."""
        return tuple(fault for fault in self.faults if fault.weight is Weight.ERROR)


def read_figures(
    name: str,
    data: bytes,
    *,
    catalogue: Catalogue,
    quantities: Sequence[Quantity],
    quarters: Quarters | None = None,
) -> Figures:
    """Read a CSV file or an Excel workbook. Refuses, with what to do, a file that is neither or is too large.

    `quarters` is the answer to what "Q1 2025" means in this file; without it such periods are questions.
    """
    if not data:
        raise Refused(f"{name} is empty. Choose the file again.")
    if len(data) > MOST_BYTES:
        raise Refused(
            f"{name} has {len(data) / 1_000_000:.1f} MB; {MOST_BYTES // 1_000_000} MB is the most that is read. "
            "Send the sheet of figures alone, or a period at a time."
        )
    if objection := objections_to_kind(name, data):
        raise Refused(objection)
    if archive.is_zip(data):
        book = read_workbook(name, data)
    elif objection := objections_to_ending(name, data):
        raise Refused(objection)
    else:
        book = read_plain(name, data, is_head=is_head)
    return _Reader(book, catalogue, {each.key: each for each in quantities}, quarters).read(name)


@dataclass(frozen=True)
class _Line:
    """One row while it is read."""

    sheet: Sheet
    head: Head
    row: int
    cells: tuple[Cell, ...]

    def at(self, place: int | None) -> Cell:
        """The cell in a column; nothing where the row is shorter, or there is no such column."""
        return self.cells[place] if place is not None and place < len(self.cells) else NOTHING

    def of(self, which: str) -> Cell:
        """The cell that says which service, channel or period."""
        return self.at(self.head.place(which))


@dataclass(frozen=True)
class _About:
    """What a row is about, as far as it could be told."""

    service: ListedService | None
    channel: str | None
    period: Period | None


@dataclass
class _Reader:
    book: Book
    catalogue: Catalogue
    quantities: dict[str, Quantity]
    quarters: Quarters | None
    faults: list[Fault] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)
    seen: dict[tuple[str, str, Period, str], tuple[str, int, str, object]] = field(default_factory=dict)

    def read(self, name: str) -> Figures:
        self.notes.extend(self.book.notes)
        rows: list[FigureRow] = []
        tables = 0
        for sheet, head in self._tables():
            tables += 1
            rows.extend(self._table(sheet, head))
        if not tables:
            raise Refused(
                f"{name}: no table of figures was found. Its first row must name the service, the period and what is "
                "counted, such as “Service”, “Channel”, “Period”, “Completed transactions”. The template has them."
            )
        wrong = {(fault.sheet, fault.row) for fault in self.faults if fault.weight is Weight.ERROR}
        kept = tuple(row for row in rows if (row.sheet, row.row) not in wrong and (row.sheet, 0) not in wrong)
        order = sorted(self.faults, key=lambda fault: (fault.sheet, fault.row, len(fault.column), fault.column))
        return Figures(kept, tuple(order), tuple(self.notes))

    def _tables(self) -> Iterator[tuple[Sheet, Head]]:
        for sheet in self.book.sheets:
            if all(cell.blank for _row, cells in sheet for cell in cells) or plain(sheet.name) in _BESIDE:
                continue
            head = self._head(sheet)
            if sheet.hidden:
                self.notes.append(say("The sheet “%(sheet)s” is hidden, and was not read.", sheet=sheet.name))
            elif head is None:
                told = say("The sheet “%(sheet)s” holds no table of figures, and was not read.", sheet=sheet.name)
                self.notes.append(told)
            else:
                yield sheet, head

    def _head(self, sheet: Sheet) -> Head | None:
        for row, cells in sheet:
            if row > _HEAD_WITHIN:
                break
            if head := read_head(row, cells, tuple(self.quantities.values()), self.quarters):
                return head
        return None

    def _table(self, sheet: Sheet, head: Head) -> Iterator[FigureRow]:
        self._judge_head(sheet, head)
        for row, cells in sheet:
            line = _Line(sheet, head, row, cells)
            if row <= head.row or all(cell.blank and not cell.merged for cell in cells) or self._is_aside(line):
                continue
            if not self._is_whole(line):
                continue
            read = self._row(line)
            if read is not None and read.given:
                yield read

    def _judge_head(self, sheet: Sheet, head: Head) -> None:
        for place, holds in head.unread:
            told = say("The column “%(holds)s” is not one that is read here. Nothing in it was taken.", holds=holds)
            self.faults.append(Fault(sheet.name, head.row, letters(place), holds, told, Weight.NOTE))
        for place, holds in head.twice:
            told = say("Two columns say the same, “%(holds)s”. Leave one of them.", holds=holds)
            self.faults.append(Fault(sheet.name, 0, letters(place), holds, told))
        for use in head.uses:
            if use.place in sheet.hidden_columns and use.which != "notes":
                told = say(
                    "The column “%(holds)s” is hidden. Show it, or delete it, so that you see what you send.",
                    holds=use.title,
                )
                self.faults.append(Fault(sheet.name, 0, letters(use.place), use.title, told))

    def _fault(self, line: _Line, place: int | None, told: Told, *, weight: Weight = Weight.ERROR) -> None:
        column = "" if place is None else letters(place)
        self.faults.append(Fault(line.sheet.name, line.row, column, line.at(place).shown, told, weight))

    def _is_aside(self, line: _Line) -> bool:
        """A row that is no row of the table: sums, a source, a remark. It is told, and not read."""
        filled = [(place, cell) for place, cell in enumerate(line.cells) if not cell.blank]
        named = line.of("service") if line.head.place("service") is not None else line.of("key")
        alone = len(filled) == 1 and isinstance(filled[0][1].held, str) and not any(one.merged for one in line.cells)
        if plain(named.text) in _SUMS:
            told = say("A row of sums. It was not taken in; sums are worked out here.")
        elif alone:
            told = say("Words beside the table. They were not taken in.")
        else:
            return False
        self._fault(line, filled[0][0], told, weight=Weight.NOTE)
        return True

    def _is_whole(self, line: _Line) -> bool:
        """Whether the row can be seen and every cell is its own; else that has been told."""
        if line.row in line.sheet.hidden_rows:
            told = say("This row is hidden. Show it, or delete it, so that you see what you send.")
            self._fault(line, None, told)
            return False
        merged = [use for use in line.head.uses if line.at(use.place).merged and use.which != "notes"]
        for use in merged:
            told = say(
                "%(range)s is one merged cell. Unmerge it, and write in every row what belongs there.",
                range=line.at(use.place).merged,
            )
            self._fault(line, use.place, told)
        return not merged

    def _row(self, line: _Line) -> FigureRow | None:
        about = self._about(line)
        read = [self._value(line, use, about) for use in line.head.values]
        if about.service is None or about.channel is None:
            return None
        given = [one for one in read if one is not None]
        return FigureRow(line.sheet.name, line.row, about.service.key, tuple(self._once(line, about.service, given)))

    def _about(self, line: _Line) -> _About:
        service = self._service(line)
        channel = self._channel(line, service)
        return _About(service, channel, self._period(line))

    def _service(self, line: _Line) -> ListedService | None:
        key, name = line.head.place("key"), line.head.place("service")
        place = name if key is None or (line.at(key).blank and name is not None) else key
        named = line.at(place)
        found: ListedService | Told
        if (wrong := _broken(named)) is not None:
            found = wrong
        elif named.blank:
            found = say("No service is named. Write its name or its key.")
        else:
            found = self.catalogue.find(named.text)
        if isinstance(found, ListedService) and place != name and not line.at(name).blank:
            second = self.catalogue.find(line.at(name).text)
            if isinstance(second, ListedService) and second.key != found.key:
                found = say(
                    "The key is that of “%(one)s”, and the name that of “%(two)s”. Which of them is it?",
                    one=found.name,
                    two=second.name,
                )
        if isinstance(found, ListedService):
            return found
        self._fault(line, place, found)
        return None

    def _channel(self, line: _Line, service: ListedService | None) -> str | None:
        """The key of a channel, "" for all; None where it cannot be told, which has been told."""
        cell = line.of("channel")
        found = _broken(cell)
        if found is None and service is None:
            return None
        told = found or find_channel(service, cell.text) if service else found
        if isinstance(told, str):
            return told
        if told is not None:
            self._fault(line, line.head.place("channel"), told)
        return None

    def _period(self, line: _Line) -> Period | None:
        place, cell = line.head.place("period"), line.of("period")
        if place is None:
            return None
        told: Period | Told
        if (wrong := _broken(cell)) is not None:
            told = wrong
        elif cell.blank:
            told = say("No period is given. Write a month as 2025-04, a quarter as “Apr 2025 to Jun 2025”.")
        elif isinstance(cell.held, date):
            told = of_day(cell.held)
        else:
            told = read_period(cell.text, quarters=self.quarters)
        if isinstance(told, Period):
            return told
        self._fault(line, place, told)
        return None

    def _value(self, line: _Line, use: Use, about: _About) -> Given | None:
        quantity, cell = self.quantities.get(use.quantity), line.at(use.place)
        read = read_number(cell, quantity.kind if quantity else Kind.COUNT, semicolons=self.book.semicolons)
        if isinstance(read, Told):
            self._fault(line, use.place, read)
            return None
        if read.note is not None:
            self._fault(line, use.place, read.note, weight=Weight.NOTE)
        when, channel = use.period or about.period, about.channel
        if read.value is Gap.BLANK or about.service is None or channel is None or when is None:
            return None
        told: str | Told = channel
        if use.channel:
            told = find_channel(about.service, use.channel)
        elif quantity is not None and not quantity.by_channel and channel:
            told = say(
                "“%(column)s” is given for all channels together. Put it into a row without a channel.",
                column=use.title,
            )
        if isinstance(told, Told):
            self._fault(line, use.place, told)
            return None
        return Given(use.quantity, told, when, read.value, letters(use.place), cell.shown)

    def _once(self, line: _Line, service: ListedService, given: list[Given]) -> Iterator[Given]:
        """Every value but those that were given before; the same twice is told, two different ones are a question."""
        sheet = line.sheet.name
        for one in given:
            where = service.key, one.channel, one.period, one.quantity
            if where not in self.seen:
                self.seen[where] = sheet, line.row, one.column, one.value
                yield one
                continue
            before_sheet, row, column, value = self.seen[where]
            place = f"{before_sheet}!{column}{row}" if before_sheet != sheet else f"{column}{row}"
            if value == one.value:
                told = say("The same as %(place)s. It was taken once.", place=place)
                self.faults.append(Fault(sheet, line.row, one.column, one.holds, told, Weight.NOTE))
                continue
            told = say(
                "%(place)s gives another value for the same service, channel and period. Which of them is right? "
                "Delete the other row.",
                place=place,
            )
            self.faults.append(Fault(sheet, line.row, one.column, one.holds, told))
            told = say(
                "%(place)s gives another value for the same service, channel and period.",
                place=f"{one.column}{line.row}",
            )
            self.faults.append(Fault(before_sheet, row, column, str(value), told))


def _broken(cell: Cell) -> Told | None:
    """Why the words of a cell cannot be read, if a formula stands in it that came to nothing."""
    if cell.held is Odd.ERROR:
        return say("“%(holds)s”: a formula lost what it points to. Write the words themselves.", holds=cell.shown)
    if cell.held is Odd.UNKNOWN:
        return say("A formula whose result was not saved. Write the words themselves.")
    return None
