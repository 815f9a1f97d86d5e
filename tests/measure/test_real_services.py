"""The real files of services, read whole: what they say, what is odd about them, and what changed between versions."""

from __future__ import annotations

import gzip
import io
from collections import Counter
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise

import pytest

from penholder.errors import Refused
from penholder.formats.event_logs import Fields, Log
from penholder.formats.transactions_explorer import Mark, read_transactions_explorer
from penholder.formats.weekly_journeys import read_weekly_journey
from penholder.measure import matched, revisions
from penholder.measure.engines import DuckDB
from penholder.measure.formulas.completion import Completion, completion
from penholder.measure.journeys import Event, micros
from penholder.measure.judge import Judge
from penholder.measure.public_logs import LOAN_APPLICATIONS, MUNICIPAL_PERMITS
from penholder.measure.questions import Question
from penholder.measure.tables import gather, write
from penholder.measure.values import Absence

VERSIONS = ("2017-06-06", "2017-10-02", "2018-09-19")
MARKS = {Mark.WITHHELD: Absence.SUPPRESSED}


@pytest.fixture(scope="module")
def explorers(shared):
    return [
        read_transactions_explorer(f"services_{day}.csv", (shared / "services" / f"services_{day}.csv").read_bytes())
        for day in VERSIONS
    ]


def test_every_service_and_period_of_the_newest_version_is_read(explorers):
    newest = explorers[-1]
    assert (len(newest.services), len(newest.periods)) == (734, 21)
    assert len({service.department for service in newest.services}) == 18


def test_every_odd_cell_is_explained_by_row_and_column(explorers, shared):
    text = (shared / "services" / "services_2018-09-19.csv").read_text(encoding="utf-8-sig")
    newest = explorers[-1]
    dashes = [cell for cell in newest.odd if cell.holds == "-"]
    assert len(dashes) == 61
    broken = [cell for cell in newest.odd if cell.holds == "#REF!"]
    assert len(broken) == text.count("#REF!") == 3
    assert all(cell.explanation and cell.column and cell.row > 1 for cell in newest.odd)
    marked = sum(
        isinstance(value, Mark) and value is not Mark.BLANK for s in newest.services for value in s.figures.values()
    )
    assert marked == len(dashes)


def test_the_headline_that_fell_because_a_department_fell_silent_stands_beside_the_matched_one(explorers):
    newest = explorers[-1]
    told = matched.compare(newest.volumes("2017-Q2"), newest.volumes("2017-Q3"), asked=len(newest.services))
    assert (round(told.before.share, 3), round(told.after.share, 3)) == (0.908, 0.796)
    assert (round(told.matched_before.share, 3), round(told.matched_after.share, 3)) == (0.795, 0.797)
    department = {service.slug: service.department for service in newest.services}
    assert Counter(department[slug] for slug in told.left).most_common(1)[0][0] == "HMRC"


def cells(explorer):
    return {
        (service.slug, *key): value if isinstance(value, Decimal) else MARKS.get(value, Absence.NOT_PROVIDED)
        for service in explorer.services
        for key, value in service.figures.items()
    }


def test_revisions_between_versions_are_found_exactly(explorers):
    """Against a plain walk through both files, cell by cell."""
    for (older, newer), expected in zip(pairwise(explorers), (71, 106), strict=True):
        before, after = cells(older), cells(newer)
        told = revisions.compare(before, after)
        plain = sum(
            1
            for key, value in before.items()
            if isinstance(value, Decimal) and isinstance(after.get(key), Decimal) and after[key] != value
        )
        assert told.counts()["revised"] == plain == expected
        assert len(told.revisions) == sum(1 for key in before if key in after and before[key] != after[key])


def test_the_weekly_journey_over_all_people_is_refused_as_a_completion_rate(shared):
    services = shared / "services"
    claims = read_weekly_journey("carers", (services / "carers_allowance_journey.json").read_bytes())
    assert len(claims.steps) > 3
    powers = read_weekly_journey("lpa", (services / "lpa_journey.json").read_bytes())
    over = []
    starts = powers.at("create/when-to-use") if "create/when-to-use" in powers.steps else {}
    for step in powers.steps:
        for week, count in powers.at(step).items():
            if count > starts.get(week, count):
                over.append((step, week, count, starts[week]))
    assert over
    _, _, completed, started = max(over, key=lambda each: each[2] / each[3] if each[3] else 0)
    with pytest.raises(Refused, match=r"over 100%"):
        Completion(cohort=started, completed=completed)


def events_of(path, drawn, fields=Fields()):  # noqa: B008 - frozen
    log = Log(path.name, fields)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        events = [
            Event(drawn.service, each.case, micros(each.at), drawn.number(each.activity), each.channel)
            for each in log.csv(lines)
        ]
    assert log.unread == []
    return events


@contextmanager
def counted(events, drawn, folder):
    """DuckDB over these events, sealed."""
    write(gather(events, {drawn.service: drawn}), folder / "journeys.parquet")
    engine = DuckDB([str(folder / "journeys.parquet")])
    try:
        yield engine
    finally:
        engine.close()


@pytest.mark.parametrize(("file", "drawn", "one_in"), [
    ("municipal_permit_events.csv.gz", MUNICIPAL_PERMITS, 1),
    ("loan_application_events.csv.gz", LOAN_APPLICATIONS, 10),  # the judge would take minutes for all
])  # fmt: skip
def test_a_real_log_is_counted_by_duckdb_as_by_the_judge(shared, tmp_path, file, drawn, one_in):
    events = events_of(shared / "services" / file, drawn)
    some = set(sorted({event.journey for event in events})[::one_in])
    events = [event for event in events if event.journey in some]
    question = Question((drawn,), at=later_than(events), by=("channel",))
    judge = Judge(events)
    with counted(events, drawn, tmp_path) as engine:
        outcomes = engine.outcomes(question)
        assert outcomes == judge.outcomes(question)
        assert engine.funnels(question) == judge.funnels(question)
        assert engine.efforts(question) == judge.efforts(question)
        assert engine.visits(question) == judge.visits(question)
    assert sum(answer.cohort + answer.fragments for answer in outcomes) == len(some)
    assert 0 < completion(outcomes).figure().value < 1


@pytest.mark.parametrize(("file", "drawn", "cases"), [
    ("municipal_permit_events.csv.gz", MUNICIPAL_PERMITS, 1_434),
    ("loan_application_events.csv.gz", LOAN_APPLICATIONS, 13_087),
])  # fmt: skip
def test_every_case_of_a_real_log_is_an_attempt(shared, tmp_path, file, drawn, cases):
    events = events_of(shared / "services" / file, drawn)
    with counted(events, drawn, tmp_path) as engine:
        outcomes = engine.outcomes(Question((drawn,), at=later_than(events)))
    assert sum(answer.cohort + answer.fragments for answer in outcomes) == cases


def test_the_loans_end_as_the_log_says(shared, tmp_path):
    """Counted by hand in the log: 2,246 were approved and 7,635 declined."""
    events = events_of(shared / "services" / "loan_application_events.csv.gz", LOAN_APPLICATIONS)
    with counted(events, LOAN_APPLICATIONS, tmp_path) as engine:
        (answer,) = engine.outcomes(Question((LOAN_APPLICATIONS,), at=micros_of_2013()))
    assert (answer.mature["intended"], answer.mature["not-eligible"]) == (2_246, 7_635)


def later_than(events):
    return max(event.at for event in events) + 400 * 86_400_000_000


def micros_of_2013():
    return 1_356_998_400_000_000


def test_xes_and_ndjson_say_the_same_as_csv():
    xes = b"""<log xmlns="http://www.xes-standard.org/"><trace><string key="concept:name" value="c1"/>
      <event><string key="concept:name" value="Confirmation of receipt"/><string key="lifecycle:transition" value="complete"/>
      <date key="time:timestamp" value="2026-01-01T10:00:00+01:00"/></event>
      <event><string key="concept:name" value="never ended"/><string key="lifecycle:transition" value="start"/>
      <date key="time:timestamp" value="2026-01-01T10:00:00+01:00"/></event></trace></log>"""
    from penholder.formats.event_logs import XES

    csv_text = "case_id,activity,timestamp\nc1,Confirmation of receipt,2026-01-01T10:00:00+01:00\n"
    line = '{"case_id": "c1", "activity": "Confirmation of receipt", "timestamp": "2026-01-01T09:00:00Z"}\n'
    from_csv = list(Log("a.csv", Fields()).csv(csv_text.splitlines(keepends=True)))
    log = Log("a.xes", XES)
    assert (list(log.xes(io.BytesIO(xes))), log.passed_over) == (from_csv, 1)
    assert list(Log("a.ndjson", Fields()).ndjson([line, "\n"])) == from_csv


def test_what_cannot_be_read_in_a_log_is_told_by_its_line():
    log = Log("a.csv", Fields())
    rows = [
        "case_id,activity,timestamp\n",
        "c1,a,yesterday\n",
        ",a,2026-01-01T00:00:00Z\n",
        "c1,a,2026-01-01T00:00:00\n",
    ]
    assert list(log.csv(rows)) == []
    assert [each.line for each in log.unread] == [2, 3, 4]
    with pytest.raises(Refused, match="no column timestamp"):
        list(Log("b.csv", Fields()).csv(["case_id,activity\n"]))
