"""Sealing: what is signed is what is published, passages keep their names, and a save that changes nothing makes nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection

from penholder import seal as seals
from penholder.drafting import documents, iterations, media, sealed_texts
from penholder.drafting.documents import Draft
from penholder.drafting.models import Iteration, SealedSection, Section, Text
from penholder.errors import Missing, Refused

pytestmark = pytest.mark.django_db

NOON = datetime(2012, 11, 6, 12, tzinfo=UTC)
OPENING = "# Opening\n\nServices must be so good that people prefer them.\n\nToo few are finished today.\n"
ACTIONS = "# Actions\n\nEach department appoints a leader.\n\n- by April\n- and not later\n"


def put(*texts: str, **facts: str):
    sections = [
        Draft(f"part-{number}", (text.splitlines() or [""])[0].lstrip("\ufeff# "), text)
        for number, text in enumerate(texts)
    ]
    return documents.put(key="strategy", kind="strategy", title=facts.get("title", "Strategy"), sections=sections)


def seal(*texts: str, day: int = 0, **more):
    at = NOON + timedelta(days=day)
    return iterations.seal(document=put(*texts), label=f"day {day}", taken_at=at, at=at, **more)


def ids(iteration: Iteration) -> tuple[str, ...]:
    return sealed_texts.read(iteration).ids


def test_the_seal_can_be_recomputed_from_the_manifest_alone():
    iteration = seal(OPENING, ACTIONS).iteration
    iteration.refresh_from_db()
    assert seals.seal(iteration.manifest) == iteration.seal
    assert iteration.manifest["sections"][0]["sha256"] == seals.digest(OPENING)
    assert iterations.verify(iteration) == []


def test_a_save_that_changes_nothing_makes_nothing():
    first = seal(OPENING)
    again = seal(OPENING, day=1)
    assert first.new
    assert not again.new
    assert again.iteration == first.iteration
    assert Iteration.objects.count() == 1


def test_spelling_variants_of_one_text_have_one_seal():
    first = seal("# Café\n\nA line.\n")
    again = seal("\ufeff# Cafe\u0301\r\n\r\nA line.   \r\n\r\n", day=1)
    assert not again.new
    assert again.iteration.seal == first.iteration.seal


def test_a_text_that_is_changed_back_has_its_first_seal_again_in_an_iteration_of_its_own():
    first = seal(OPENING).iteration
    changed = seal(OPENING.replace("few", "many"), day=1).iteration
    back = seal(OPENING, day=2).iteration
    assert changed.seal != first.seal
    assert back.seal == first.seal
    assert back.number == 3
    assert ids(back) == ids(first)


def test_a_new_title_is_a_new_iteration_although_no_passage_changed():
    first = seal(OPENING).iteration
    document = put(OPENING, title="Digital strategy")
    again = iterations.seal(document=document, label="renamed", taken_at=NOON, at=NOON)
    assert again.new
    assert ids(again.iteration) == ids(first)


def test_an_edited_passage_keeps_its_name_and_a_new_one_gets_its_own():
    first = seal(OPENING).iteration
    second = seal(OPENING.replace("Too few are", "Too few of them are") + "\nAnd more.\n", day=1).iteration
    assert ids(second)[:3] == ids(first)
    assert ids(second)[3] not in ids(first)
    assert [event["kind"] for event in second.events] == ["edited", "inserted"]


def test_a_passage_that_moves_to_another_section_keeps_its_name_and_is_a_move():
    paragraph = "A long enough paragraph that nobody could mistake for another one in this strategy."
    first = seal(OPENING + f"\n{paragraph}\n", ACTIONS).iteration
    second = seal(OPENING, ACTIONS + f"\n{paragraph}\n", day=1).iteration
    names = dict(zip((block.plain for block in sealed_texts.read(second).blocks), ids(second), strict=True))
    before = dict(zip((block.plain for block in sealed_texts.read(first).blocks), ids(first), strict=True))
    assert names[paragraph] == before[paragraph]
    assert [event["kind"] for event in second.events] == ["moved"]


def test_a_passage_that_comes_back_word_for_word_gets_its_name_back():
    first = seal(OPENING, ACTIONS).iteration
    seal(OPENING, day=1)
    third = seal(OPENING, ACTIONS, day=2).iteration
    assert ids(third) == ids(first)
    assert {event["kind"] for event in third.events} == {"restored"}


def test_the_first_iteration_tells_no_events():
    assert seal(OPENING).iteration.events == []


def test_an_iteration_of_before_cannot_follow_a_later_one():
    seal(OPENING, day=1)
    with pytest.raises(Refused, match="cannot follow it"):
        seal(OPENING + "\nMore.\n", day=0)


def test_nothing_written_cannot_be_sealed():
    with pytest.raises(Refused, match="has no text yet"):
        seal("")


@pytest.mark.parametrize(
    ("act", "table"),
    [
        ("UPDATE drafting_text SET body = body || 'x'", "drafting_text"),
        ("DELETE FROM drafting_text", "drafting_text"),
        ("UPDATE drafting_iteration SET seal = 'x'", "drafting_iteration"),
        ("DELETE FROM drafting_iteration", "drafting_iteration"),
        ("UPDATE drafting_sealedsection SET title = 'x'", "drafting_sealedsection"),
        ("DELETE FROM drafting_sealedsection", "drafting_sealedsection"),
    ],
)
def test_the_database_refuses_to_change_what_is_sealed_even_in_raw_sql(act, table):
    seal(OPENING)
    refused = pytest.raises(DatabaseError, match=f"never changed or deleted: {table}")
    with refused, connection.cursor() as cursor:
        cursor.execute(act)


@pytest.mark.parametrize("model", [Iteration, SealedSection, Text])
def test_no_sealed_row_can_be_saved_updated_or_deleted(model):
    seal(OPENING)
    row = model.objects.get()
    for act in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(pk=1),
        lambda: model.objects.bulk_update([row], ["pk"]),
        lambda: model.objects.update_or_create(pk=row.pk),
    ):
        with pytest.raises(Refused, match="never changed or deleted"):
            act()


def _without_triggers(act: str) -> None:
    """Somebody with the database file in hands, and mischief in mind."""
    with connection.cursor() as cursor:
        for table in ("drafting_text", "drafting_sealedsection", "drafting_iteration"):
            cursor.execute(
                f"DROP TRIGGER {table}_refuses_update" + (f" ON {table}" if connection.vendor == "postgresql" else "")
            )
        if connection.vendor == "postgresql":  # where JSON is no text
            act = re.sub(r"replace\((passages|manifest),(.*)\)", r"replace(\1::text,\2)::jsonb", act)
        cursor.execute(act)


@pytest.mark.parametrize(
    ("act", "found"),
    [
        ("UPDATE drafting_text SET body = replace(body, 'few', 'fev')", "the stored text is not the one"),
        ("UPDATE drafting_sealedsection SET title = 'Closing'", "do not give the manifest"),
        (
            "UPDATE drafting_sealedsection SET passages = replace(passages, 'paragraph', 'quote')",
            "its passages are not",
        ),
        ("UPDATE drafting_iteration SET seal = replace(seal, substr(seal, 1, 1), 'x')", "does not give the seal"),
        ("UPDATE drafting_iteration SET manifest = replace(manifest, 'Strategy', 'Tragedy')", "does not give the seal"),
    ],
)
def test_one_altered_byte_is_found_and_named(act, found):
    iteration = seal(OPENING).iteration
    _without_triggers(act)
    problems = iterations.verify(Iteration.objects.select_related("document").get(pk=iteration.pk))
    assert any("strategy:1" in problem and found in problem for problem in problems), problems


def test_a_picture_is_sealed_with_the_text_that_shows_it_and_no_other(settings, tmp_path):
    settings.PENHOLDER_MEDIA = tmp_path
    shown = media.describe("figures/map.png", b"a map", "image/png")
    other = media.describe("figures/roadmap.png", b"a road", "image/png")
    text = "# Map\n\n:::{figure} figures/map.png\n:alt: A map\n:::\n"
    iteration = seal(text, files={shown.path: shown, other.path: other}).iteration
    assert [file["path"] for file in iteration.manifest["media"]] == ["figures/map.png"]
    assert "missing from the media folder" in iterations.verify(iteration)[0]
    media.write(shown.sha256, b"a map")
    assert iterations.verify(iteration) == []
    media.location(shown.sha256).write_bytes(b"a mop")
    assert "is not the one that was sealed" in iterations.verify(iteration)[0]


def test_a_new_picture_under_an_old_name_is_a_new_iteration():
    text = "# Map\n\n:::{figure} figures/map.png\n:alt: A map\n:::\n"
    for day, data in enumerate((b"a map", b"a better map")):
        file = media.describe("figures/map.png", data, "image/png")
        assert seal(text, day=day, files={file.path: file}).new


@pytest.mark.parametrize("sections", [2, 40])
def test_sealing_takes_as_many_queries_for_forty_sections_as_for_two(sections, django_assert_max_num_queries):
    texts = [f"# Section {number}\n\nWords of section {number}.\n" for number in range(sections)]
    seal(*texts)
    document = put(*[text + "\nA new passage.\n" for text in texts])
    with django_assert_max_num_queries(15):
        iterations.seal(document=document, label="next", taken_at=NOON, at=NOON)


def test_sections_that_leave_the_draft_are_gone_from_it_and_stay_in_what_was_sealed():
    first = seal(OPENING, ACTIONS).iteration
    second = seal(OPENING, day=1).iteration
    assert Section.objects.count() == 1
    assert [len(sealed_texts.read(one).sections) for one in (first, second)] == [2, 1]


def test_two_sections_with_one_key_are_refused():
    with pytest.raises(Refused, match="two sections called “a”"):
        documents.put(
            key="strategy", kind="strategy", title="S", sections=[Draft("a", "A", "x\n"), Draft("a", "B", "y\n")]
        )


def test_an_iteration_is_found_by_number_label_and_seal():
    first = seal(OPENING).iteration
    seal(ACTIONS, day=1)
    assert iterations.find("strategy:1") == first
    assert iterations.find("strategy:day 0") == first
    assert iterations.find("day 0") == first
    assert iterations.find(first.seal[:10]) == first
    with pytest.raises(Missing, match="penholder iterations"):
        iterations.find("strategy:9")
