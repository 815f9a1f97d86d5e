"""Every page of agreement at the desk, with 500 posts and 300 sections, after 10, 100 and 1,000 rounds.

    .venv/bin/python benchmarks/desk.py [rounds …] [--posts 500] [--sections 300]

For each history the newest round is open: a fifth of the posts answered, and some on a condition. Those before it
were asked of everybody, answered, remarked on and cleared; they are copies of one (`tests/agreement/history.py`). A
newer text is sealed, too, so that pages tell what would follow from it. Each page is asked for through Django's test
client by those who work with it; the median of five is printed with its queries, how the last history compares with
the first, and what the page weighs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

TURNS = 5


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("rounds", nargs="*", type=int, default=[10, 100, 1000])
    asks.add_argument("--posts", type=int, default=500)
    asks.add_argument("--sections", type=int, default=300)
    said = asks.parse_args()
    with tempfile.TemporaryDirectory(prefix="penholder-benchmark-") as home:
        os.environ |= {"PENHOLDER_HOME": home, "PENHOLDER_SECOND_FACTOR": "none", "DATABASE_URL": ""}
        os.environ["DJANGO_SETTINGS_MODULE"] = "penholder.config.settings"
        import_module("penholder.config.instance").start()
        measure(said.rounds, said.posts, said.sections)


def measure(histories: list[int], posts: int, sections: int) -> None:
    """Print a line for each page: milliseconds and queries for each history, and the last beside the first."""
    office, ended = beginning(posts, sections)
    found: dict[str, list[tuple[float, int, int]]] = {}
    there = 1
    for count in histories:
        begun = time.perf_counter()
        running = go_on(office, ended, there, count - 1, sections)
        there = count
        print(f"{count} rounds that ended, made in {time.perf_counter() - begun:.0f} s", flush=True)
        for name, told in pages(office, running, ended).items():
            found.setdefault(name, []).append(told)
    print(f"\n{posts} posts × {sections} sections; milliseconds, medians of {TURNS}, and queries")
    print(f"{'':28}" + "".join(f"{f'{count} rounds':>18}" for count in histories) + f"{'grows':>8}{'kB':>7}")
    for name, told in found.items():
        cells = "".join(f"{took:>11.0f}{f'({queries})':>7}" for took, queries, _size in told)
        print(f"{name:28}{cells}{told[-1][0] / told[0][0]:8.2f}{told[-1][2] / 1000:7.0f}")


def beginning(posts: int, sections: int):
    """An office with so many posts, and a round about a text of so many sections: all answered, and it is cleared."""
    from django.utils import timezone  # noqa: PLC0415 - after the start
    from tests.agreement.conftest import Office  # noqa: PLC0415

    from penholder.agreement import remarks  # noqa: PLC0415
    from penholder.agreement.models import Remark, Round  # noqa: PLC0415
    from penholder.people.models import Role  # noqa: PLC0415

    words = "Services are simpler, clearer and faster, so good that people prefer them. " * 3
    office = Office(at=timezone.now() - timedelta(days=3))
    office.texts = {
        f"part-{number}": f"# Part {number}\n\n{words}\n\nMore of part {number}.\n" for number in range(sections)
    }
    for name, role in {"pen": Role.PEN, "chair": Role.CHAIR}.items():
        office.post(name, role)
    for number in range(posts):
        office.post(f"leader-{number}")
    ended = office.open(office.seal(), *leaders(office))
    answer(office, leaders(office), every=25)
    for one in Remark.objects.filter(state="lodged"):
        said = {"remark_id": one.pk, "at": office.later(seconds=1)}
        remarks.dispose(**said, outcome="accepted", reason="Yes.", by=office.acting("pen"))
        remarks.settle(**said, by=office.acting(by_post(office, one)))
    office.clear()
    return office, Round.objects.select_related("iteration").get(pk=ended.pk)


def leaders(office) -> list[str]:
    """The posts that are asked, by name."""
    return [name for name in office.posts if name.startswith("leader-")]


def by_post(office, remark) -> str:
    """The name of the post that made a remark."""
    return next(name for name, post in office.posts.items() if post.pk == remark.asked.post_id)


def answer(office, names: list[str], *, every: int) -> None:
    """Let posts answer, every so many of them on a condition."""
    from penholder.agreement.rules import NewRemark  # noqa: PLC0415 - after the start

    for place, name in enumerate(names):
        conditions = [NewRemark("a", "Say who pays.", f"part-{place % 7}")] if place % every == 0 else []
        office.at += timedelta(seconds=1)
        at = office.at
        office.give(name, "content-if" if conditions else "content", conditions=conditions, at=at)


def go_on(office, ended, first: int, last: int, sections: int):
    """Copies of the ended round up to a number, and a round that runs over a newer text."""
    from tests.agreement import history  # noqa: PLC0415 - after the start

    from penholder.agreement import rounds  # noqa: PLC0415

    if office.round.pk != ended.pk:
        rounds.call_off(round_id=office.round.pk, reason="Again.", by=office.acting("pen"), at=office.later(seconds=1))
    if last >= first:
        history.repeat(ended, first, last)
    changed = {f"part-{place}": f"# Part {place}\n\nWords after {last} rounds.\n" for place in range(0, sections, 10)}
    running = office.open(office.seal(**changed), *leaders(office))
    answer(office, leaders(office)[::5], every=10)
    office.seal(**{f"part-{place}": f"# Part {place}\n\nNewer words after {last} rounds.\n" for place in range(3)})
    return running


def pages(office, running, ended) -> dict[str, tuple[float, int, int]]:
    """Each page by name: median milliseconds, queries, and bytes."""
    waiting = office.asked("leader-1")
    pen = {
        "what waits, pen team": "/desk/",
        "texts": "/desk/texts/",
        "round and its timeline": f"/desk/rounds/{running.key}/",
        "a round that ended": f"/desk/rounds/{ended.key}/",
        "matrix": f"/desk/rounds/{running.key}/matrix/",
        "chase list": f"/desk/rounds/{running.key}/chase/",
        "dispositions": f"/desk/rounds/{running.key}/remarks/",
        "running the round": f"/desk/rounds/{running.key}/run/",
        "what is editorial": f"/desk/rounds/{running.key}/editorial/",
        "publishing": "/desk/texts/strategy/publish/",
    }
    leader = {"what waits, a Leader": "/desk/", "read and sign": f"/desk/answers/{waiting.pk}/"}
    chair = {"what waits, the chair": "/desk/"}
    found = {}
    for who, named in (("pen", pen), ("chair", chair), ("leader-1", leader)):
        client = signed_in(office, who)
        found |= {name: ask(client, path) for name, path in named.items()}
    return found


def signed_in(office, name: str):
    """A client in whose session this person is signed in."""
    from django.test import Client  # noqa: PLC0415 - after the start

    client = Client(SERVER_NAME="localhost")
    client.force_login(office.person(name))
    return client


def ask(client, path: str) -> tuple[float, int, int]:
    """The page's median in milliseconds, its queries and its size, after a first reading that is not counted."""
    from django.db import connection  # noqa: PLC0415 - after the start

    first = client.get(path)
    if first.status_code != 200:
        sys.exit(f"{path} answered {first.status_code} {first.headers.get('Location', '')}, so nothing was measured.")
    asked = []

    def count(execute, sql, *more):
        asked.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(count):
        client.get(path)
    took = []
    for _turn in range(TURNS):
        begun = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took), len(asked), len(first.content)


if __name__ == "__main__":
    main()
