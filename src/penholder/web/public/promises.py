"""Actions and departments: what was promised, what each department says to it, and who is silent since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from penholder.delivery.standing import ActionStanding, Answer, OrganisationStanding, Said
from penholder.publishing.models import Edition
from penholder.publishing.sites import Page
from penholder.web.public import measures
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.fronts import groups
from penholder.web.public.redlines import redline
from penholder.web.public.register import department_row
from penholder.web.public.site import Publication
from penholder.web.public.states import BY_KEY, Cell, State
from penholder.web.public.texts import Source, Texts, without_heading


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of an answer, as a redline against what it said before."""

    said_on: date
    body: SafeString
    was: State | None  # both states where the state changed; else None
    now: State | None


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer ready to be printed, on an action's page or on a department's."""

    action: ActionStanding
    organisation: OrganisationStanding
    name: str  # what tells it from the others on its page
    state: State | None
    asked_on: date | None
    said: Said | None
    body: SafeString
    history: tuple[HistoryEntry, ...] = ()
    heading_id: str = ""

    @property
    def proposed(self) -> bool:
        """True while a stance was proposed and nobody has decided."""
        return self.state is not None and self.state.key == "not-applicable-proposed"


def pages(drawing: Drawing, texts: Texts) -> Iterator[Page]:
    """All pages about actions and departments."""
    coverage = drawing.site.coverage
    yield drawing.page(
        "/actions/",
        "actions.html",
        title=_("Actions"),
        description=_("Every action of the strategy, and how many departments have answered it."),
        groups=groups(drawing.site),
        number_of_actions=len(coverage.actions),
    )
    neighbours = (None, *coverage.actions, None)
    for index, action in enumerate(coverage.actions):
        yield _action(drawing, texts, action, neighbours[index], neighbours[index + 2])
    yield drawing.page(
        "/departments/",
        "departments.html",
        title=_("Departments"),
        description=_("Every department that was asked, what it has answered and where it is silent."),
        rows=[{"organisation": one, "tally": coverage.of_organisation(one.key)} for one in coverage.organisations],
    )
    for organisation in coverage.organisations:
        yield _department(drawing, texts, organisation)
        publication = drawing.site.departmental(organisation.key)
        if publication:
            for edition in publication.editions:
                yield _department_then(drawing, texts, organisation, publication, edition)


def page_of_action(drawing: Drawing, texts: Texts, number: int) -> Page | None:
    """The page of one action; None where there is none."""
    neighbours = (None, *drawing.site.coverage.actions, None)
    for before, action, after in zip(neighbours, neighbours[1:], neighbours[2:], strict=False):
        if action is not None and action.number == number:
            return _action(drawing, texts, action, before, after)
    return None


def _action(
    drawing: Drawing, texts: Texts, action: ActionStanding, before: ActionStanding | None, after: ActionStanding | None
) -> Page:
    site = drawing.site
    tally = site.coverage.of_action(action.number)
    principles = {one.number: one for one in site.standing.principles} if site.standing else {}
    strategy = site.strategy
    spoken = [texts.answer(cell.answer) for cell in tally.voices]
    editions = [strategy.current] if strategy else []
    editions += [found.current for cell in tally.voices if (found := site.departmental(cell.organisation.key))]
    own = texts.page([Source(action.text, action.passages[1:])], *editions)
    said = texts.page(spoken, *editions)
    return drawing.page(
        f"/actions/{action.number:02}/",
        "action.html",
        title=_("Action %(number)s: %(title)s") % {"number": f"{action.number:02}", "title": action.title},
        description=_("What the strategy promises in action %(number)s, and what each department says to it.")
        % {"number": f"{action.number:02}"},
        crumbs=(Crumb(_("Actions"), "/actions/"),),
        action=action,
        principle=principles.get(action.principle),
        body=own.html,
        strategy_path=f"{strategy.address}#{action.passages[0]}" if strategy and action.passages else "",
        drift=action.drift,
        versions=_action_history(action),
        tally=tally,
        silences=tally.silences,
        answers=[
            _shown(cell, cell.organisation.name, part, source)
            for cell, part, source in zip(tally.voices, said.parts, spoken, strict=True)
        ],
        notes=said.notes,
        before=before,
        after=after,
        measures=[measures.shown(one, site.services) for one in site.measures.get(action.number, ())],
    )


def _action_history(action: ActionStanding) -> list[dict[str, object]]:
    """Newest first: each later wording of an action against the one before."""
    rows: list[dict[str, object]] = []
    for old, new in zip(action.versions, action.versions[1:], strict=False):
        before, after = (f"#### {one.title}\n\n{one.text}" for one in (old, new))
        body = redline(before, after, prefix=f"version-{new.number}")
        rows.append({"said_on": new.said_on, "edition": new.edition, "body": body})
    return rows[::-1]


def _shown(cell: Cell, name: str, part: SafeString, source: Source) -> ShownAnswer:
    answer = cell.answer
    headed = source.text.startswith("#")
    return ShownAnswer(
        cell.action,
        cell.organisation,
        name,
        cell.state,
        answer.asked_on,
        answer.current,
        without_heading(part) if headed else part,
        _answer_history(answer),
        source.ids[0] if headed and source.ids else "",
    )


def _answer_history(answer: Answer) -> tuple[HistoryEntry, ...]:
    """Newest first: each later version of an answer against the one before."""
    entries = []
    for old, new in zip(answer.history, answer.history[1:], strict=False):
        was, now = _state_then(answer, old), _state_then(answer, new)
        prefix = f"{answer.organisation}-{answer.action}-{new.number}"
        changed = was.key != now.key
        body = redline(old.text, new.text, prefix=prefix)
        entries.append(HistoryEntry(new.said_on, body, was if changed else None, now if changed else None))
    return tuple(reversed(entries))


def _state_then(answer: Answer, said: Said) -> State:
    return BY_KEY[Answer(answer.action, answer.organisation, answer.asked_on, (said,)).state]


def _department(drawing: Drawing, texts: Texts, organisation: OrganisationStanding) -> Page:
    site = drawing.site
    publication = site.departmental(organisation.key)
    tally = site.coverage.of_organisation(organisation.key)
    spoken = [texts.answer(cell.answer) for cell in tally.voices]
    editions = (publication.current,) if publication else ()
    before = texts.introduction(publication, publication.current) if publication else []
    drawn = texts.page([*before, *spoken], *editions)
    parts = drawn.parts[len(before) :]
    return drawing.page(
        f"/departments/{organisation.key}/",
        "department.html",
        title=organisation.name,
        description=_("What %(name)s says about each action, and where it is silent.") % {"name": organisation.name},
        crumbs=(Crumb(_("Departments"), "/departments/"),),
        organisation=organisation,
        publication=publication,
        edition=publication.current if publication else None,
        frozen=False,
        intro=_introduction(drawn.parts[: len(before)]),
        services=_services(drawing, organisation.key),
        tally=tally,
        silences=tally.silences,
        answers=[
            _shown(cell, f"{cell.action.number:02}", part, source)
            for cell, part, source in zip(tally.voices, parts, spoken, strict=True)
        ],
        notes=drawn.notes,
    )


def _services(drawing: Drawing, key: str) -> dict[str, Any] | None:
    """The services of a department in one line; None where the register has none of it."""
    told = drawing.site.services
    services = told.by_organisation.get(key) if told else None
    return department_row(told, key, services) if told and services else None


def _introduction(parts: tuple[SafeString, ...]) -> SafeString:
    """What stands before the answers; the title of the first part is the page's own."""
    first, rest = parts[:1], parts[1:]
    return SafeString("".join([*(without_heading(part, anchored=True) for part in first), *rest]))


def _department_then(
    drawing: Drawing, texts: Texts, organisation: OrganisationStanding, publication: Publication, edition: Edition
) -> Page:
    actions = {action.number: action for action in drawing.site.standing.actions} if drawing.site.standing else {}
    before = texts.introduction(publication, edition)
    spoken = {n: part for n, part in texts.answers(publication, edition).items() if n in actions}
    drawn = texts.page([*before, *(Source(part.text, part.ids, below=2) for part in spoken.values())], edition)
    answers = [
        ShownAnswer(
            actions[number],
            organisation,
            f"{number:02}",
            None,
            None,
            None,
            without_heading(html),
            heading_id=part.ids[0],
        )
        for (number, part), html in zip(spoken.items(), drawn.parts[len(before) :], strict=True)
    ]
    title = _("%(title)s, edition %(number)d") % {"title": organisation.name, "number": edition.number}
    return drawing.page(
        publication.edition_address(edition.number),
        "department.html",
        title=title,
        description=_("What %(name)s said about each action in edition %(number)d of its answers.")
        % {"name": organisation.name, "number": edition.number},
        crumbs=(
            Crumb(_("Departments"), "/departments/"),
            Crumb(organisation.name, publication.address, english=True),
            Crumb(_("Editions"), f"{publication.address}editions/"),
        ),
        organisation=organisation,
        publication=publication,
        edition=edition,
        correction=publication.correction(edition),
        frozen=True,
        intro=_introduction(drawn.parts[: len(before)]),
        answers=answers,
        notes=drawn.notes,
    )
