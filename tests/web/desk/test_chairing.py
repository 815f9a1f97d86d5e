"""Opening a round at the desk, and running it."""

from __future__ import annotations

import pytest
from tests.agreement.conftest import DEPARTMENTS, office, open_round, sealed  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import in_september, signed_in, words  # noqa: F401 - fixtures

from penholder.agreement.models import Asked, Round

pytestmark = pytest.mark.django_db
OPEN = "/desk/texts/strategy/open/"


def chosen(office, iteration, **more):  # noqa: F811
    asked = [office.posts[name].pk for name in DEPARTMENTS]
    return {"seal": iteration.seal, "kind": "sign-off", "asked": asked, "message": "By Friday week, please."} | more


def test_the_pen_team_opens_a_round_after_checking_what_it_chose(office, sealed, signed_in):  # noqa: F811
    client = signed_in("pen")
    assert OPEN in client.get("/desk/texts/").content.decode()
    assert "Treasury" in words(client.get(OPEN))
    page = client.post(OPEN, chosen(office, sealed))
    assert "10 clear working days: the end of Monday 24 September 2012" in words(page)
    assert "Everybody who is asked" in words(page)
    assert "Home" in words(page)
    assert "Switch" not in page.content.decode(), "the header still knows whose posts are whose"
    assert not Round.objects.exists(), "nothing is opened before it was checked"
    done = client.post(OPEN, chosen(office, sealed) | {"confirm": "1"})
    made = Round.objects.get()
    assert done["Location"] == f"/desk/rounds/{made.key}/"
    assert (made.kind, made.message, made.asked.count()) == ("sign-off", "By Friday week, please.", 3)


def test_a_form_that_is_sent_twice_asks_nobody_twice(office, sealed, signed_in):  # noqa: F811
    client = signed_in("pen")
    for kind in ("advice", "sign-off"):
        form = chosen(office, sealed, kind=kind) | {"confirm": "1"}
        assert [client.post(OPEN, form).status_code for _ in range(2)] == [302, 409]
    assert Round.objects.count() == 2


def test_every_objection_to_a_round_stands_above_the_form_with_what_was_chosen(office, sealed, signed_in):  # noqa: F811
    page = signed_in("pen").post(OPEN, chosen(office, sealed, kind="approval"))
    assert "One post approves. Ask that post alone" in words(page)
    assert "Sign-off: no round was held on this very text" in words(page)
    assert "By Friday week, please." in page.content.decode()
    assert not Round.objects.exists()


def test_nobody_chosen_is_said_beside_the_question(office, sealed, signed_in):  # noqa: F811
    page = signed_in("pen").post(OPEN, chosen(office, sealed, asked=[]))
    assert "There is a problem" in words(page)
    assert 'id="id_asked_error"' in page.content.decode()


def test_a_round_is_not_opened_on_a_text_that_was_followed_meanwhile(office, sealed, signed_in):  # noqa: F811
    office.seal(vision="# Vision\n\nOther words.\n")
    page = signed_in("pen").post(OPEN, chosen(office, sealed) | {"confirm": "1"})
    assert page.status_code == 409
    assert "A newer text was sealed meanwhile, iteration 2." in words(page)
    assert not Round.objects.exists()


def test_a_leader_sees_no_text_of_others_in_the_list_and_opens_no_round(office, sealed, signed_in):  # noqa: F811
    client = signed_in("treasury")
    assert "There is none yet." in words(client.get("/desk/texts/"))
    assert client.get("/desk/texts/strategy/draft/").status_code == 409
    assert client.post(OPEN, chosen(office, sealed) | {"confirm": "1"}).status_code in {403, 409}
    assert not Round.objects.exists()


def test_who_drafts_nothing_has_no_list_of_texts(office, sealed, signed_in):  # noqa: F811
    client = signed_in("adviser")
    assert "/desk/texts/" not in client.get("/desk/").content.decode()
    assert client.get("/desk/texts/").status_code == 409


def test_more_time_needs_a_reason_and_a_number(office, open_round, signed_in):  # noqa: F811
    client, address = signed_in("pen"), f"/desk/rounds/{open_round.key}/run/"
    assert "Give more time" in words(client.get(address))
    for given in ({"days": "2", "reason": " "}, {"days": "soon", "reason": "A storm."}, {"days": "0", "reason": "A."}):
        assert client.post(address, {"act": "extend", **given}).status_code == 409
    before = office.asked("treasury").deadline_at
    post = office.posts["treasury"].key
    assert client.post(address, {"act": "extend", "days": "2", "reason": "A storm.", "post": post}).status_code == 302
    assert office.asked("treasury").deadline_at > before == office.asked("health").deadline_at


def test_one_more_is_asked(office, open_round, signed_in):  # noqa: F811
    office.post("transport")
    key = office.posts["transport"].key
    signed_in("pen").post(f"/desk/rounds/{open_round.key}/run/", {"act": "ask", "post": key})
    assert Asked.objects.filter(round=open_round, post__key=key).exists()


def test_the_round_goes_on_with_the_newer_text(office, open_round, signed_in):  # noqa: F811
    newer = office.seal(skills="# Skills\n\nEvery department has more skills than it needs.\n")
    client, address = signed_in("pen"), f"/desk/rounds/{open_round.key}/run/"
    page = client.get(address)
    assert "Go on with iteration 2" in words(page)
    assert address in client.get("/desk/").content.decode(), "what waits leads there"
    assert client.post(address, {"act": "renew", "seal": "0" * 64}).status_code == 409
    done = client.post(address, {"act": "renew", "seal": newer.seal})
    assert done["Location"] == "/desk/rounds/strategy-2-sign-off/"


@pytest.mark.parametrize(("act", "state"), [("send-back", "returned"), ("call-off", "called-off")])
def test_a_round_ends_without_clearance_with_a_reason(office, open_round, signed_in, act, state):  # noqa: F811
    client, address = signed_in("chair"), f"/desk/rounds/{open_round.key}/run/"
    assert client.post(address, {"act": act, "reason": ""}).status_code == 409
    client.post(address, {"act": act, "reason": "The figures are wrong."})
    open_round.refresh_from_db()
    assert (open_round.state, open_round.ended_because) == (state, "The figures are wrong.")


def test_a_leader_cannot_run_a_round_and_reads_why(office, open_round, signed_in):  # noqa: F811
    client, address = signed_in("treasury"), f"/desk/rounds/{open_round.key}/run/"
    assert "Only these may extend, close or call off a round" in words(client.get(address))
    assert client.post(address, {"act": "call-off", "reason": "No."}).status_code == 409
    open_round.refresh_from_db()
    assert open_round.state == "open"
