"""Who was asked about which action and since when, and what each organisation answered, in a house folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import cast, get_args

from penholder.formats.pages import Pages
from penholder.formats.reading import ReadAction, ReadDocument, ReadOrganisation, ReadResponse, ReadSection, Stance
from penholder.formats.scanning import Heading
from penholder.formats.structure import plain_title
from penholder.text.canonical import canonical

STANCES = get_args(Stance)

_ACTION = re.compile(r"action-0*(\d{1,4})$")
_TITLE = re.compile(r" {0,3}#[ \t]")


def read(
    pages: Pages, organisations: Sequence[ReadOrganisation], actions: Sequence[ReadAction]
) -> tuple[tuple[ReadDocument, ...], tuple[ReadResponse, ...]]:
    """Each organisation's document as far as its introduction, and all responses by action, then by organisation.

    Whoever was asked and has no section, or an empty one, is in the list as silent.
    """
    return _Responses(pages, organisations, actions).read()


class _Responses:
    def __init__(self, pages: Pages, organisations: Sequence[ReadOrganisation], actions: Sequence[ReadAction]) -> None:
        self.pages = pages
        self.organisations = {organisation.key: organisation for organisation in organisations}
        self.actions = [action.number for action in actions]
        self.asked: dict[tuple[int, str], date | None] = {}
        self.said: dict[tuple[int, str], ReadResponse] = {}

    def read(self) -> tuple[tuple[ReadDocument, ...], tuple[ReadResponse, ...]]:
        self._ask()
        openings: list[ReadDocument] = []
        for path in self.pages.markdown("responses"):
            key = PurePosixPath(path).stem
            if key in self.organisations:
                openings.append(self._answers(path, self.organisations[key]))
            else:
                what = f'organisations.toml has no organisation "{key}". Add it, or rename this file.'
                self.pages.complain(path, 0, what, "error")
        for (number, key), since in self.asked.items():
            if (number, key) not in self.said:
                path = f"responses/{key}.md"
                file = path if path in self.pages.files else "asked.toml"
                self.said[number, key] = ReadResponse(number, key, "", file, 0, silent=True, asked_on=since)
        order = {key: place for place, key in enumerate(self.organisations)}
        return tuple(openings), tuple(sorted(self.said.values(), key=lambda r: (r.action, order[r.organisation])))

    def _ask(self) -> None:
        """When each organisation was asked about each action."""
        if "asked.toml" not in self.pages.files:
            return
        table = self.pages.toml("asked.toml")
        since = table.day("asked_on")
        for row in table.rows("ask"):
            for number in row.numbers("actions", everything=self.actions, what="action"):
                for key in row.keys("organisations", everything=list(self.organisations), what="organisation"):
                    self.asked[number, key] = row.day("asked_on") or since

    def _answers(self, path: str, organisation: ReadOrganisation) -> ReadDocument:
        """Take the responses of one file; its title and introduction make the organisation's document."""
        lines = self.pages.text(path).split("\n")
        numbered = [
            (int(found[1]), heading)
            for heading in self.pages.scans[path].headings
            if (found := _ACTION.match(heading.attributes.name))
        ]
        ends = [heading.line - 1 for _, heading in numbered[1:]] + [len(lines)]
        for (number, heading), end in zip(numbered, ends, strict=True):
            if self._may_say(path, heading, (number, organisation.key)):
                body = "\n".join(lines[heading.line : end]).strip()
                self.said[number, organisation.key] = self._response(path, heading, (number, organisation.key), body)
        return self._opening(path, organisation, lines[: numbered[0][1].line - 1 if numbered else len(lines)])

    def _may_say(self, path: str, heading: Heading, place: tuple[int, str]) -> bool:
        number, key = place
        if number not in self.actions:
            self.pages.complain(path, heading.line, f"The strategy has no action {number}.", "error")
            return False
        if place in self.said:
            what = f"Action {number} is answered twice here: first on line {self.said[place].line}. Keep one answer."
            self.pages.complain(path, heading.line, what, "error")
            return False
        if self.asked and place not in self.asked:
            what = f"{key} was not asked about action {number} (asked.toml); the answer was taken all the same."
            self.pages.complain(path, heading.line, what)
        return True

    def _response(self, path: str, heading: Heading, place: tuple[int, str], body: str) -> ReadResponse:
        pairs = dict(heading.attributes.pairs)
        for key in sorted(pairs.keys() - {"stance", "reason", "asked-on", "accepted-by"}):
            self.pages.complain(path, heading.line, f'A response has no "{key}"; it was left out.')
        stance = pairs.get("stance", "unstated")
        if stance not in STANCES:
            what = f'"{stance}" is no stance. Write one of {", ".join(STANCES)}.'
            self.pages.complain(path, heading.line, what, "error")
            stance = "unstated"
        reason, accepted_by = pairs.get("reason", ""), pairs.get("accepted-by", "")
        proposed = ""
        if stance == "not-applicable":
            if not reason:
                what = '“Not applicable” needs a reason: add reason="…".'
                self.pages.complain(path, heading.line, what, "error")
            if not accepted_by:  # what an organisation says of itself is a proposal until a named post accepts it
                stance, proposed = "unstated", reason
        return ReadResponse(
            *place,
            body + "\n" if body else "",
            path,
            self.pages.line(path, heading.line),
            silent=not body,
            stance=cast("Stance", stance),
            reason=reason,
            proposed_not_applicable=proposed,
            asked_on=self._asked_on(path, heading, pairs) or self.asked.get(place),
            accepted_by=accepted_by,
        )

    def _asked_on(self, path: str, heading: Heading, pairs: Mapping[str, str]) -> date | None:
        """The day that the heading itself gives, or None."""
        written = pairs.get("asked-on", "")
        try:
            return date.fromisoformat(written) if written else None
        except ValueError:
            self.pages.complain(path, heading.line, f'"{written}" is no date. Write it as 2012-11-06.', "error")
            return None

    def _opening(self, path: str, organisation: ReadOrganisation, lines: Sequence[str]) -> ReadDocument:
        title = next((heading.title for heading in self.pages.scans[path].headings if heading.level == 1), "")
        body = "\n".join(line for line in lines if not _TITLE.match(line)).strip()
        markdown = canonical(f"## Introduction\n\n{body}\n")
        return ReadDocument(
            organisation.key,
            "departmental",
            plain_title(title) or organisation.name,
            (ReadSection("introduction", "Introduction", markdown, path),) if body else (),
            organisation=organisation.key,
        )
