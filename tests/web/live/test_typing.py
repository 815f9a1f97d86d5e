"""What several people type at once comes out the same for all; what is typed without a connection is merged."""

from __future__ import annotations

import asyncio
import json
import random

from tests.web.live.editors import alike
from tests.web.live.scenes import WRITERS, play, text_of


def test_what_several_people_type_at_once_comes_out_the_same_for_all_and_says_who_typed(who, run):
    async def scene():
        rng = random.Random(5)
        async with who("Pia") as pia, who("Ben") as ben, who("Siân") as sian:
            for _ in range(30):
                one = rng.choice([pia, ben, sian])
                await one.type(
                    rng.choice(["£", "dŵr ", "😀", "—", "e\u0301", "word "]), at=rng.randint(0, len(one.text()))
                )
                if rng.random() < 0.3:
                    await asyncio.sleep(0.03)
            return await alike(pia, ben, sian)

    text = play(scene())
    assert text_of(run) == text
    assert {name for name, _ in json.loads(run(WRITERS))} == {"Pia", "Ben", "Siân"}


def test_what_was_typed_without_a_connection_is_merged_on_return(who):
    async def scene():
        async with who("Pia") as pia, who("Ben") as ben:
            await pia.go()
            await pia.type("written on a train\n", at=0)
            await ben.type("meanwhile\n")
            await ben.saved()
            await pia.come()
            text = await alike(pia, ben)
            assert text.startswith("written on a train\n")
            assert text.endswith("meanwhile\n")

    play(scene())


def test_what_was_typed_inside_a_passage_that_another_took_out_stands_where_the_passage_was(who, run):
    async def scene():
        async with who("Pia") as pia, who("Ben") as ben:
            words = "Services for £5m — people’s dŵr 😀."
            start = pia.text().index(words)
            await pia.go()
            await pia.type(" not", at=start + len("Services"))
            await ben._send(ben.splice(start, start + len(words), ""))
            await ben.saved()
            await pia.come()
            assert await alike(pia, ben) == "# Vision\n\n not\n"

    play(scene())
    assert text_of(run) == "# Vision\n\n not\n"


def test_what_a_form_writes_reaches_who_types(who, run):
    async def scene():
        async with who("Pia") as pia:
            await asyncio.to_thread(
                run,
                "from penholder.drafting import drafts\nfrom penholder.drafting.edits import Splice\n"
                "from penholder.drafting.models import Document\nfrom penholder.people.acting import Acting\n"
                "from penholder.people.models import Post\n"
                "drafts.change(document_id=Document.objects.get(key=KEY).pk, edits=[Splice('vision', 0, 0, 'By a form. ')],"
                " by=Acting(Post.objects.filter(role='pen')[0]), at=timezone.now())",
            )
            await pia.until(lambda: pia.text().startswith("By a form. "))
            await pia.type("And live. ", at=0)
            await pia.saved()

    play(scene())
    assert text_of(run).startswith("And live. By a form. # Vision")
