"""Sending, to a real SMTP server on this machine that refuses, stalls and breaks off."""

from __future__ import annotations

import smtplib
import socket
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default as modern

import pytest
from aiosmtpd.controller import Controller

from penholder.jobs import letters, posting
from penholder.jobs.models import Letter, State
from penholder.jobs.posting import Sender

NOON = datetime(2013, 4, 3, 11, tzinfo=UTC)


class Box:
    """What a mail server does with letters: keeps them, unless it is told to say something else to an address."""

    def __init__(self):
        self.kept, self.says = [], {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address in self.says:
            return self.says[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.kept.append(message_from_bytes(envelope.content, policy=modern))
        return "250 kept"


@pytest.fixture
def box(settings):
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.PENHOLDER_POST = {
        "backend": "django.core.mail.backends.smtp.EmailBackend", "host": "127.0.0.1", "port": port, "timeout": 5,
        "use_tls": False, "use_ssl": False, "username": "", "password": "",
    }  # fmt: skip
    settings.DEFAULT_FROM_EMAIL = "Pen <pen@strategy.example>"
    yield box
    controller.stop()


def put(*names: str) -> None:
    letters.write(
        Letter(
            key=name,
            to=f"{name}@dept.example",
            subject=f"News for {name}",
            body="Swyddfa Cymrú £5\n",
            due_at=NOON,
            made_at=NOON,
        )
        for name in names
    )


def state(name: str) -> str:
    return Letter.objects.get(key=name).state


@pytest.fixture
def sender():
    return Sender(clock=lambda: NOON)


@pytest.mark.django_db
def test_letters_are_sent_plain_and_say_that_a_machine_wrote_them(box, sender):
    put("ada", "bob")
    assert sender.send_due() == 2
    first = box.kept[0]
    assert (first["To"], first["Subject"], first["From"]) == (
        "ada@dept.example", "News for ada", "Pen <pen@strategy.example>",
    )  # fmt: skip
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain"
    assert first.get_content() == "Swyddfa Cymrú £5\r\n"
    assert "List-Unsubscribe" not in first
    assert (state("ada"), state("bob")) == (State.SENT, State.SENT)


@pytest.mark.django_db
def test_an_address_that_the_server_will_never_take_is_given_up_and_the_others_are_sent(box, sender):
    box.says["bob@dept.example"] = "550 no such box"
    put("ada", "bob", "cat")
    assert sender.send_due() == 2
    assert state("bob") == State.FAILED
    assert "no such box" in Letter.objects.get(key="bob").problem


@pytest.mark.django_db
def test_a_box_that_is_full_for_now_is_tried_again(box, sender):
    box.says["bob@dept.example"] = "452 full"
    put("bob")
    assert sender.send_due() == 0
    assert state("bob") == State.WAITING
    box.says.clear()
    later = Sender(clock=lambda: NOON + timedelta(minutes=1))
    assert later.send_due() == 1


@pytest.mark.django_db
def test_a_server_that_cannot_be_reached_is_left_alone_for_a_while(settings, sender):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.PENHOLDER_POST = {
        "backend": "django.core.mail.backends.smtp.EmailBackend", "host": "127.0.0.1", "port": port, "timeout": 2,
        "use_tls": False, "use_ssl": False,
    }  # fmt: skip
    put("ada", "bob")
    assert sender.send_due() == 0
    assert sender.send_due() == 0
    assert sorted(Letter.objects.values_list("attempts", flat=True)) == [0, 1]


@pytest.mark.django_db
def test_a_letter_that_goes_out_twice_has_one_message_id(box, sender, monkeypatch):
    put("ada")
    with monkeypatch.context() as patch:

        def killed(*_args, **_kwargs):
            raise KeyboardInterrupt  # the server took it, and nobody noted it

        patch.setattr(letters, "sent", killed)
        with pytest.raises(KeyboardInterrupt):
            sender.send_due()
    assert state("ada") == State.SENDING
    assert Sender(clock=lambda: NOON + letters.HOLDING).send_due() == 1
    assert len(box.kept) == 2
    assert len({letter["Message-ID"] for letter in box.kept}) == 1


@pytest.mark.django_db
def test_a_full_disk_loses_no_letter(settings, sender, tmp_path):
    settings.PENHOLDER_POST = {
        "backend": "django.core.mail.backends.filebased.EmailBackend",
        "file_path": "/dev/full/x",
    }
    put("ada")
    sender.send_due()
    assert state("ada") == State.WAITING
    settings.PENHOLDER_POST = {"backend": "django.core.mail.backends.filebased.EmailBackend", "file_path": tmp_path}
    assert Sender(clock=lambda: NOON + timedelta(minutes=1)).send_due() == 1
    (written,) = tmp_path.iterdir()
    assert "News for ada" in written.read_text()


@pytest.mark.parametrize(
    ("problem", "for_good"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"")}), True),
        (smtplib.SMTPRecipientsRefused({"a": (451, b"")}), False),
        (smtplib.SMTPDataError(554, b""), True),
        (smtplib.SMTPDataError(421, b""), False),
        (smtplib.SMTPAuthenticationError(535, b""), False),
        (TimeoutError(), False),
    ],
)
def test_only_what_the_server_will_never_take_is_given_up_at_once(problem, for_good):
    assert posting._for_good(problem) is for_good
