"""A draft of 60,000 words that was written in 100,000 updates: how long its pages take, and in how much memory.

    .venv/bin/python benchmarks/drafts.py                       60,000 words, 100,000 updates
    .venv/bin/python benchmarks/drafts.py --updates 10000

Each page is asked for as a browser would, through Django, over SQLite; the medians of three are printed. Meanwhile
somebody types. Beside them stands what it takes to play all updates again, which is the way that none of them goes.
"""
# ruff: noqa: PLC0415 - Django is started by main

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

SECTIONS = 60
SENTENCE = "Each department appoints a leader for its digital services, says by when, and reports what it has done. "
TIMES = 3
# So often somebody opens the draft while it is written; each is a moment of its timeline.
LOOKS = 8


def prepare(words: int, updates: int) -> Any:
    """A draft of so many words, an iteration of it, and so many updates of a few letters each by six people."""
    from django.utils import timezone

    from penholder.drafting import documents, drafts, iterations
    from penholder.drafting.documents import Draft
    from penholder.people.models import Holding, Organisation, Person, Post

    chance = random.Random(1)
    count = words // SECTIONS // len(SENTENCE.split())
    texts = {
        f"s{number}": f"## Section {number}\n\n"
        + "\n\n".join(f"{number}.{at} {SENTENCE}".strip() for at in range(count))
        + "\n"
        for number in range(SECTIONS)
    }
    sections = [Draft(key, key.title(), text) for key, text in texts.items()]
    document = documents.put(key="strategy", kind="strategy", title="The strategy", sections=sections)
    begun = timezone.now() - timedelta(days=30)
    iterations.seal(document=document, label="First", taken_at=begun, at=begun)
    body = Organisation.objects.create(key="centre", name="The centre")
    post = Post.objects.create(organisation=body, key="pen", title="Pen", role="pen")
    person = Person.objects.create_user("pia@dept.example", name="Pia")
    Holding.objects.create(post=post, person=person, since=begun - timedelta(days=1))
    drafts.seed(document, at=begun)
    shared, sequence = drafts.load(document)
    made: list[bytes] = []
    watched = shared.doc.observe(lambda event: made.append(event.update))
    lengths = {key: len(text) for key, text in texts.items()}
    for done in range(sequence, updates, updates // LOOKS):
        wanted = min(updates // LOOKS, updates - done)
        for _ in range(wanted):
            key = f"s{chance.randrange(SECTIONS)}"
            word = chance.choice(["a", "e", " and", " of"])
            shared.ytext(key).insert(chance.randrange(40, lengths[key]), word)
            lengths[key] += len(word)
        moment = begun + timedelta(days=29) * done / updates
        typed = [drafts.Typed(update, post.words, f"Person {at % 6}") for at, update in enumerate(made)]
        made.clear()
        drafts.store(document, done, typed, at=moment)
        _look(document, moment)
    shared.doc.unobserve(watched)
    return document


def _look(document: Any, at: Any) -> None:
    """As somebody opens the draft: it is made readable, its passages are named, a waypoint is kept."""
    from penholder.drafting import drafts, naming, waypoints

    drafts.compact(document.pk, at=at)
    document.refresh_from_db()
    naming.names(document)
    waypoints.keep(document=document, at=at)


def timed(act: Callable[[], object], times: int = TIMES) -> float:
    """The median of some runs, in milliseconds."""
    took = []
    for _ in range(times):
        before = time.perf_counter()
        act()
        took.append(time.perf_counter() - before)
    return statistics.median(took) * 1000


def typing(document: Any, stop: threading.Event) -> Callable[[], None]:
    """Somebody who types a letter ten times a second, in a thread of their own, until told to stop."""

    def act() -> None:
        from django.db import connection
        from django.utils import timezone

        from penholder.drafting import drafts
        from penholder.drafting.edits import Splice
        from penholder.people.acting import Acting
        from penholder.people.models import Post

        by = Acting(Post.objects.select_related("organisation").get(), name="Ben")
        while not stop.wait(0.1):
            drafts.change(document_id=document.pk, edits=[Splice("s1", 40, 40, "x")], by=by, at=timezone.now())
        connection.close()

    return act


def measure(document: Any) -> None:
    """Print what each page takes, in milliseconds."""
    from django.test import Client
    from django.utils import timezone

    from penholder.drafting import drafts, naming
    from penholder.drafting.edits import SetText, Splice
    from penholder.drafting.models import DraftUpdate
    from penholder.drafting.shared_texts import SharedText
    from penholder.people.acting import Acting
    from penholder.people.models import Person, Post

    client = Client()
    client.force_login(Person.objects.get(), backend=import_module("django.conf").settings.AUTHENTICATION_BACKENDS[0])
    home = "/desk/texts/strategy"
    since = (timezone.now() - timedelta(days=3)).isoformat().replace("+", "%2B")

    def page(path: str, **given: str) -> Any:
        answer = client.post(path, given) if given else client.get(path)
        assert answer.status_code in {200, 302, 409}, (path, answer.status_code)
        return answer

    def named() -> None:
        texts = drafts.read(document.pk).section("s7").text
        by = Acting(Post.objects.select_related("organisation").get(), name="Ben")
        drafts.change(document_id=document.pk, edits=[SetText("s7", f"{texts}\nMore.\n")], by=by, at=timezone.now())
        naming.names(document)

    def restore() -> None:
        # So that there is something to bring back, also right after the last time.
        by = Acting(Post.objects.select_related("organisation").get(), name="Ben")
        drafts.change(document_id=document.pk, edits=[Splice("s2", 40, 40, "y")], by=by, at=timezone.now())
        (seen,) = re.findall(r'name="seen" value="(\d+)"', page(f"{home}/restore/1/").content.decode())
        answer = page(f"{home}/restore/1/", seen=seen, reason="It was better.")
        while answer.status_code == 409:  # what is typed meanwhile is kept, as a person would say
            asked = answer.content.decode()
            choices = dict.fromkeys(re.findall(r'name="(choice-[^"]+)"', asked), "theirs")
            (against,) = re.findall(r'name="against" value="(\w+)"', asked)
            answer = page(f"{home}/restore/1/", seen=seen, reason="It was better.", against=against, **choices)

    page(f"{home}/draft/")
    asked: list[tuple[str, Callable[[], object], int]] = [
        ("overview of the draft", lambda: page(f"{home}/draft/"), TIMES),
        ("a section, to write in it", lambda: page(f"{home}/draft/s7/"), TIMES),
        ("the draft, for who is asked", lambda: page(f"{home}/together/"), TIMES),
        ("since you were last here", lambda: page(f"{home}/since/?since={since}"), TIMES),
        ("a moment of the timeline", lambda: page(f"{home}/timeline/?step=4"), TIMES),
        ("change a section, name its passages", named, TIMES),
        ("read a stage, bring it back", restore, 3),
    ]

    def replay() -> None:
        rows = DraftUpdate.objects.filter(document=document).order_by("sequence").values_list("update", flat=True)
        SharedText([bytes(one) for one in rows]).sections()

    for what, act, times in [*asked, ("(all updates played again)", replay, 1)]:
        print(f"{what:36}{timed(act, times):8.0f} ms", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--words", type=int, default=60_000)
    options.add_argument("--updates", type=int, default=100_000)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="penholder-benchmark-") as home:
        os.environ |= {"PENHOLDER_HOME": home, "PENHOLDER_SECOND_FACTOR": "none", "DATABASE_URL": ""}
        os.environ["DJANGO_SETTINGS_MODULE"] = "penholder.config.settings"
        import_module("penholder.config.instance").start()
        settings = import_module("django.conf").settings
        settings.ALLOWED_HOSTS = ["testserver"]
        import_module("django.core.management").call_command("migrate", verbosity=0)
        before = time.perf_counter()
        document = prepare(wanted.words, wanted.updates)
        print(
            f"{wanted.words:,} words, {wanted.updates:,} updates, made in {time.perf_counter() - before:.0f} s",
            flush=True,
        )
        began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        stop = threading.Event()
        typist = threading.Thread(target=typing(document, stop))
        typist.start()
        try:
            measure(document)
        finally:
            stop.set()
            typist.join()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"memory at most                      {peak:8.0f} MB   (after preparing {began:.0f})")


if __name__ == "__main__":
    main()
