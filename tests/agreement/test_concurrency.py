"""Many act in one instant: nothing is lost, nothing is doubled, and every act has one place in one order."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests import homes

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow

LOOK = """
import json
from importlib import import_module
import_module("penholder.config.instance").start()
from penholder.agreement.models import Answer, Asked, Clearance, Round
from penholder.record.models import Entry
from penholder.record.verification import verify
fault = verify().fault
print(json.dumps({
    "fault": fault and fault.what,
    "answers": list(Answer.objects.values_list("asked", "number", "stance")),
    "standing": list(Asked.objects.values_list("pk", "answer__stance")),
    "acts": [[act, json.loads(facts).get("round"), json.loads(facts).get("post")] for act, facts in
             Entry.objects.order_by("number").values_list("act", "facts")],
    "rounds": list(Round.objects.order_by("pk").values_list("key", "state")),
    "clearances": list(Clearance.objects.order_by("round").values_list("round__key", "ended_at")),
}, default=str))
"""


class Instance:
    """One home and one database, on which programs are run."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.environment = homes.environment(homes.begin(home), url)

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.agreement.crowd", *words],
            cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def prepare(self, *words: str) -> list[dict[str, object]]:
        out, errors = self.start("prepare", *words).communicate()
        assert out, errors
        return json.loads(out)

    def race(self, *runs: tuple[str, int, list[int]]) -> list[list[str]]:
        """Programs that begin in one instant: (act, connections, ids)."""
        go = self.home / f"go-{random.getrandbits(32)}"
        running = [self.start(act, str(go), str(many), *map(str, ids)) for act, many, ids in runs]
        for process in running:
            assert process.stdout.readline() == "ready\n", process.stderr.read()
        go.touch()
        return [json.loads(process.communicate(timeout=300)[0]) for process in running]

    def look(self) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-c", LOOK], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(params=["sqlite", "postgresql"])
def instance(request, tmp_path):
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_database")
    return Instance(tmp_path, url)


def test_200_answers_in_one_instant_from_32_connections_are_all_there_once(instance):
    (made,) = instance.prepare("200")
    ids = made["asked"]
    # Every answer is sent twice, by different connections, as when somebody presses the button again.
    again = ids[100:] + ids[:100]
    said = instance.race(
        *(("answer", 8, ids[part::2]) for part in (0, 1)), *(("answer", 8, again[part::2]) for part in (0, 1))
    )
    assert Counter(line for lines in said for line in lines) == {"done": 400}
    found = instance.look()
    assert found["fault"] is None
    assert sorted(found["answers"]) == sorted([pk, 1, "content"] for pk in ids)
    assert sorted(found["standing"]) == sorted([pk, "content"] for pk in ids)
    told = Counter(post for act, _, post in found["acts"] if act == "answer.given")
    assert len(told) == 200
    assert set(told.values()) == {1}


def test_withdrawal_and_clearance_in_one_instant_have_exactly_one_order(instance):
    made = instance.prepare("2", "12")
    rounds = [one["round"] for one in made]
    instance.race(("answer", 4, [pk for one in made for pk in one["asked"]]))
    cleared, withdrawn = instance.race(("clear", 6, rounds), ("withdraw", 6, rounds))
    assert withdrawn == ["done"] * 12
    assert cleared.count("done") + sum(line.startswith("refused") for line in cleared) == 12
    found = instance.look()
    assert found["fault"] is None
    ended = dict(found["clearances"])
    for key, state in found["rounds"]:
        acts = [
            act
            for act, of, _ in found["acts"]
            if of == key and act in {"round.cleared", "answer.withdrawn", "round.unsettled"}
        ]
        if acts == ["round.cleared", "answer.withdrawn", "round.unsettled"]:
            assert (state, ended[key] is not None) == ("unsettled", True)
        else:
            assert acts == ["answer.withdrawn"]
            assert (state, key in ended) == ("open", False)
    assert len(ended) == cleared.count("done")
