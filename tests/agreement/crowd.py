"""Many posts answering at once, in processes and threads of their own: what tests and the benchmark share.

    python -m tests.agreement.crowd prepare 200 [rounds]     makes posts, a text and rounds; prints their ids
    python -m tests.agreement.crowd answer GO CONNECTIONS …  answers for these asked posts as soon as the file GO is there
    python -m tests.agreement.crowd clear GO … / withdraw GO …   races the chair against a signer

Every process is an instance of its own on one home and one database, as `penholder serve --workers` is.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

AT = datetime(2013, 4, 3, 11, tzinfo=UTC)


def prepare(count: int, rounds_wanted: int = 1) -> list[dict[str, object]]:
    """An organisation with `count` posts and a holder each, a pen team, a chair, and rounds that ask all posts."""
    from penholder.agreement import rounds
    from penholder.agreement.models import Asked, Kind
    from penholder.drafting import documents, iterations
    from penholder.drafting.documents import Draft
    from penholder.people.acting import Acting
    from penholder.people.models import Holding, Organisation, Person, Post, Role

    home = Organisation.objects.create(key="government", name="Government")

    def post(key: str, role: str) -> Acting:
        held = Post.objects.create(organisation=home, key=key, title=key.title(), role=role)
        person = Person.objects.create_user(f"{key}@dept.example", name=key.title())
        Holding.objects.create(post=held, person=person, since=AT.replace(year=2012))
        return Acting(post=held, person=person)

    pen = post("pen", Role.PEN)
    post("chair", Role.CHAIR)
    leaders = [post(f"leader-{number}", Role.LEADER) for number in range(count)]
    made = []
    for number in range(rounds_wanted):
        text = f"# Paper {number}\n\nServices are so good that people prefer them.\n"
        document = documents.put(
            key=f"paper-{number}", kind="paper", title=f"Paper {number}", sections=[Draft("one", "One", text)]
        )
        iteration = iterations.seal(document=document, label="First", taken_at=AT, at=AT).iteration
        opened = rounds.open(
            iteration=iteration,
            kind=Kind.SIGN_OFF,
            asked=[rounds.AskFor(leader.post) for leader in leaders],
            writers=[pen.post],
            by=pen,
            at=AT,
        )
        made.append(
            {"round": opened.pk, "asked": list(Asked.objects.filter(round=opened).values_list("pk", flat=True))}
        )
    return made


def holder(asked):
    """The post and person that act for one who is asked."""
    from penholder.people.acting import Acting, holders_of

    return Acting(post=asked.post, person=holders_of(asked.post, at=AT)[0])


def answer(asked_id: int) -> None:
    """Open the text and say content, as two requests of a browser do."""
    from penholder.agreement import answers, looks
    from penholder.agreement.models import Asked

    asked = Asked.objects.select_related("round__iteration__document", "post__organisation").get(pk=asked_id)
    by = holder(asked)
    looks.show(iteration=asked.round.iteration, by=by, at=AT, asked=asked)
    answers.give(asked_id=asked_id, stance="content", seal=asked.round.iteration.seal, by=by, at=AT)


def clear(round_id: int) -> None:
    """Clear a text as its chair."""
    from penholder.agreement import clearances, looks
    from penholder.agreement.models import Round
    from penholder.people.acting import Acting, holders_of
    from penholder.people.models import Post

    chair = Post.objects.select_related("organisation").get(key="chair")
    by = Acting(post=chair, person=holders_of(chair, at=AT)[0])
    round_ = Round.objects.select_related("iteration__document").get(pk=round_id)
    looks.show(iteration=round_.iteration, by=by, at=AT)
    clearances.clear(round_id=round_id, seal=round_.iteration.seal, reason="All are content.", by=by, at=AT)


def withdraw(round_id: int) -> None:
    """Withdraw the first post's answer."""
    from penholder.agreement import answers
    from penholder.agreement.models import Asked

    asked = Asked.objects.select_related("post__organisation").filter(round=round_id).order_by("pk").first()
    answers.withdraw(asked_id=asked.pk, reason="We read it again.", by=holder(asked), at=AT)


def together(act, ids: list[int], go: Path, connections: int) -> list[str]:
    """Do `act` for every id from so many threads, each with its own connection, once `go` is there; says who was refused."""
    from django.db import connection

    from penholder.errors import PenholderError

    said: list[str] = []

    def thread(own: list[int]) -> None:
        try:
            while not go.exists():
                time.sleep(0.0005)
            for one in own:
                try:
                    act(one)
                    said.append("done")
                except PenholderError as refusal:
                    said.append(f"refused: {refusal}")
        except Exception as problem:  # noqa: BLE001 - told to the test
            said.append(f"{type(problem).__name__}: {problem}")
        finally:
            connection.close()

    threads = [threading.Thread(target=thread, args=(ids[start::connections],)) for start in range(connections)]
    for one in threads:
        one.start()
    say("ready")
    for one in threads:
        one.join()
    return said


def say(line: str) -> None:
    """One line for the test that started this."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    import_module("penholder.config.instance").start()
    what, *words = sys.argv[1:]
    if what == "prepare":
        say(json.dumps(prepare(*map(int, words))))
        return
    go, connections, *ids = words
    acts = {"answer": answer, "clear": clear, "withdraw": withdraw}
    say(json.dumps(together(acts[what], [int(one) for one in ids], Path(go), int(connections))))


if __name__ == "__main__":
    main()
