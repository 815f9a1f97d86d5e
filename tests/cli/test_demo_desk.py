"""The demonstration's desk: in the middle of its work on any day, by the acts that people do, and kept on a second start."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LOOK = """
import json
from importlib import import_module
import_module("penholder.config.instance").start()
from penholder.agreement.models import *
from penholder.people.models import Person
from penholder.publishing.models import Edition
from penholder.record.verification import verify
fault = verify().fault
sign_off = Round.objects.get(iteration__document__key="strategy", kind="sign-off")
agreed = Edition.objects.filter(document__key="assisted-digital").latest("number")
print(json.dumps({
    "fault": fault and fault.what,
    "states": list(Round.objects.order_by("pk").values_list("key", "state")),
    "said": [[a.answer.stance if a.answer else "", a.answer.how if a.answer else "", bool(a.answer and a.answer.on_behalf_of)]
             for a in sign_off.asked.select_related("answer")],
    "remarks": list(Remark.objects.filter(asked__round=sign_off).values_list("klass", "state")),
    "disposed": Disposition.objects.count(),
    "carried": Answer.objects.filter(how="carried").count(),
    "agreed": [agreed.agreed_elsewhere, agreed.iteration.number, Clearance.objects.filter(
        seal=agreed.iteration.seal, ended_at=None).count()],
    "people": Person.objects.count(),
    "passwords": len(set(Person.objects.values_list("password", flat=True))),
}))
"""


def run(
    home: Path, *words: str, program: str = "from penholder.cli import main; main()"
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PENHOLDER_HOME": str(home), "DJANGO_SETTINGS_MODULE": "penholder.config.settings"}
    return subprocess.run(
        [sys.executable, "-c", program, *words], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    done = run(folder, "demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    assert "14 actions" in done.stdout
    return folder


def look(home: Path) -> dict[str, object]:
    done = run(home, program=LOOK)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_round_is_in_progress_with_every_kind_of_answer(home):
    found = look(home)
    assert found["fault"] is None
    said = Counter((stance, how) for stance, how, _ in found["said"])
    assert said["not-content", "given"] == 1
    assert said["content-if", "given"] == 1
    assert said["nil", "given"] == 1
    assert said["content", "deemed"] == 1
    assert said["", ""] == 4
    assert sum(behalf for *_, behalf in found["said"]) == 1
    assert len(found["said"]) == 18
    assert Counter(map(tuple, found["remarks"])) == {
        ("a", "lodged"): 1, ("b", "lodged"): 1, ("c", "lodged"): 1, ("b", "internal"): 1,
    }  # fmt: skip
    assert found["disposed"] == 4


def test_one_edition_was_agreed_here_cleared_and_published(home):
    found = look(home)
    assert found["agreed"] == [False, 3, 1]
    assert found["carried"] == 1
    states = dict(found["states"])
    assert states["assisted-digital-2-sign-off"] == "replaced"
    assert states["assisted-digital-3-sign-off"] == "cleared"
    assert Counter(states.values()) == {"replaced": 1, "cleared": 1, "closed": 1, "open": 2}


def test_the_password_is_made_anew_for_each_home_and_only_its_owner_can_read_it(home):
    file = home / "demo-sign-in.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    known = json.loads(file.read_text(encoding="utf-8"))
    assert re.fullmatch(r"([0-9a-f]{4}-){3}[0-9a-f]{4}", known["password"])
    source = Path(__file__).parents[2] / "src" / "penholder" / "cli" / "staging.py"
    assert known["password"] not in source.read_text(encoding="utf-8")
    found = look(home)
    assert found["passwords"] == 1  # one password for all of them, hashed once, which is slow on purpose


def test_a_second_start_keeps_what_is_there_and_prints_how_to_sign_in(home, tmp_path):
    before, iterations = look(home), run(home, "iterations", "--json").stdout
    done = run(home, "demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    assert "Loaded" not in done.stdout
    assert run(home, "iterations", "--json").stdout == iterations
    target = tmp_path / "site.zip"
    assert run(home, "export", str(target)).returncode == 0
    assert target.stat().st_size > 100_000
    known = json.loads((home / "demo-sign-in.json").read_text(encoding="utf-8"))
    assert known["password"] in done.stdout
    assert "orla.penhallow@demo.example" in done.stdout
    assert look(home) == before


def test_a_strategy_of_ones_own_gets_no_invented_people(tmp_path):
    folder = tmp_path / "strategy"
    (folder / "text").mkdir(parents=True)
    (folder / "strategy.toml").write_text('title = "Our own"\nkind = "strategy"\n', encoding="utf-8")
    (folder / "text" / "01-aim.md").write_text("## Aim {#aim}\n\nBetter services.\n", encoding="utf-8")
    done = run(tmp_path / "home", "import", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(tmp_path / "home", "demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    assert "Sign in" not in done.stdout
    count = "from importlib import import_module; import_module('penholder.config.instance').start()\n"
    count += "from penholder.people.models import Person; print(Person.objects.count())"
    assert run(tmp_path / "home", program=count).stdout == "0\n"


LOOK_AT_DRAFTS = """
from importlib import import_module
import_module("penholder.config.instance").start()
from penholder.drafting import kinds
from penholder.drafting.models import Document
report = Document.objects.get(key="progress-on-the-digital-strategy")
print([row.stage for row in report.iterations.order_by("number")], report.updates.latest("sequence").person)
own = Document.objects.get(organisation__key="defra", kind="departmental", iterations=None)
print(own.sections.filter(key__startswith="action-").count(), own.sections.get(key="action-05").text.count("> — Government Digital"))
print(sum(kinds.to_write(row.text) for row in report.sections.all()) > 0)
"""


def test_drafts_are_in_progress_of_the_pen_team_and_of_a_department(home):
    done = run(home, program=LOOK_AT_DRAFTS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["['shared vision', 'narrative'] Orla Penhallow", "14 1", "True"]
