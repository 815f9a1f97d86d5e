"""TOML files read with care: a wrong type is told with its file and line, never raised as something else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from penholder.errors import Refused
from penholder.formats.reading import Unread

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")


def read_toml(path: str, data: bytes) -> Table:
    """The table that a TOML file holds. Refuses what is not UTF-8 or not TOML, naming the line."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise Refused(f"{path}, line {line}: this is not UTF-8. Save the file as UTF-8.") from fault
    try:
        return Table(path, tomllib.loads(text), text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        said = str(fault)
        found = _WHERE.search(said)
        line = int(found[1]) if found and found[1] else text.rstrip("\n").count("\n") + 1
        raise Refused(f"{path}, line {line}: this is not TOML ({_WHERE.sub('', said)}).") from fault


@dataclass(slots=True)
class Table:
    """One table of a TOML file, whose values are asked for by the type that they should have."""

    path: str
    values: dict[str, Any]
    source: str
    first: int = 1  # line at which this table starts, as near as can be told
    complaints: list[Unread] = field(default_factory=list)

    def line_of(self, key: str) -> int:
        """The line on which `key` is set in this table, or where the table starts."""
        pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        for number, line in enumerate(self.source.split("\n")[self.first - 1 :], start=self.first):
            if pattern.match(line):
                return number
        return self.first

    def complain(self, key: str, what: str, severity: Literal["note", "warning", "error"] = "warning") -> None:
        """Say what is wrong with `key`, with its line."""
        self.complaints.append(Unread(self.path, self.line_of(key), what, severity))

    def text(self, key: str, otherwise: str = "") -> str:
        """A text, on one line."""
        value = self.values.get(key, otherwise)
        if not isinstance(value, str):
            self.complain(key, f"{key} must be a text between quotes.", "error")
            return otherwise
        return " ".join(value.split()) or otherwise

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.complain(key, f"{key} must be a list of texts.", "error")
            return ()
        return tuple(value)

    def flag(self, key: str, *, otherwise: bool) -> bool:
        """True or false."""
        value = self.values.get(key, otherwise)
        if not isinstance(value, bool):
            self.complain(key, f"{key} must be true or false.", "error")
            return otherwise
        return value

    def choice(self, key: str, choices: Sequence[str], otherwise: str) -> str:
        """One of `choices`."""
        value = self.text(key, otherwise)
        if value not in choices:
            self.complain(key, f'"{value}" is no {key}. Write one of {", ".join(choices)}.', "error")
            return otherwise
        return value

    def day(self, key: str) -> date | None:
        """A date; None when it is not given."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self.complain(key, f"{key} must be a date without quotes, such as 2012-11-06.", "error")
            return None
        return value

    def moment(self, key: str) -> datetime:
        """A date and time with its zone. Refuses anything else: a guess would put a false date on a seal."""
        value = self.values.get(key)
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise Refused(
                f"{self.path}, line {self.line_of(key)}: {key} must be a date and time with its zone, "
                "such as 2012-11-06T09:30:00Z."
            )
        return value

    def table(self, key: str) -> Table:
        """A table inside this one; an empty one when it is not there."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.complain(key, f"{key} must be a table: [{key}].", "error")
            value = {}
        return Table(self.path, value, self.source, self._starts(rf"\[{re.escape(key)}\]")[0], self.complaints)

    def rows(self, key: str) -> list[Table]:
        """The tables of an array `[[key]]`, in order."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.complain(key, f"{key} must be a list of tables: [[{key}]].", "error")
            return []
        starts = self._starts(rf"\[\[\s*{re.escape(key)}\s*\]\]")
        starts += [starts[-1]] * (len(value) - len(starts))
        return [
            Table(self.path, one, self.source, start, self.complaints)
            for one, start in zip(value, starts, strict=False)
        ]

    def numbers(self, key: str, *, everything: Sequence[int], what: str) -> list[int]:
        """Numbers out of `everything`, or "*" for all of them; one that is not there is told."""
        return [one for one in self._chosen(key, list(everything), what) if isinstance(one, int)]

    def keys(self, key: str, *, everything: Sequence[str], what: str) -> list[str]:
        """Keys out of `everything`, or "*" for all of them; one that is not there is told."""
        return [one for one in self._chosen(key, list(everything), what) if isinstance(one, str)]

    def _chosen(self, key: str, everything: list[Any], what: str) -> list[Any]:
        value = self.values.get(key, [])
        chosen = value if isinstance(value, list) else [value]
        found: list[Any] = []
        for one in chosen:
            if one == "*":
                found += everything
            elif isinstance(one, bool) or one not in everything:
                self.complain(key, f'There is no {what} "{one}".', "error")
            else:
                found.append(one)
        if not chosen:
            self.complain(key, f'{key} is missing: list them, or write ["*"] for all.', "error")
        return found

    def _starts(self, header: str) -> list[int]:
        pattern = re.compile(rf"\s*{header}")
        lines = self.source.split("\n")
        return [number for number, line in enumerate(lines, start=1) if pattern.match(line)] or [self.first]
