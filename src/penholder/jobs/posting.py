"""Hands letters to the mail server, one at a time, and says what became of each."""

from __future__ import annotations

import hashlib
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError

from penholder.jobs import letters, wording
from penholder.jobs.models import Letter, State

# After so long the worker looks at the clock's duties again, however many letters wait.
A_WHILE = timedelta(seconds=20)

# A mail server that cannot be reached is left alone for so long, or every letter would wait for it in turn.
PAUSE = timedelta(minutes=1)


class Sender:
    """Sends what is due over one connection. `clock` tells the time; `address` is where the desk is found.

    What happens is noted in the letter itself; a server that cannot be reached is left alone for a while.
    """

    def __init__(
        self, *, clock: Callable[[], datetime], address: str = "", stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self.clock = clock
        self.address = address
        self.stopping = stopping
        self._resume = 0.0

    def send_due(self) -> int:
        """Send until nothing is due, a while has passed or `stopping` says so. Returns how many were sent."""
        started = time.monotonic()
        count, connection = 0, None
        if started < self._resume:
            return 0
        try:
            while not self.stopping() and time.monotonic() - started < A_WHILE.total_seconds():
                letter = letters.take(at=self.clock())
                if letter is None:
                    break
                outcome, connection = self._send(letter, connection)
                count += outcome is State.SENT
                if outcome is None:  # nothing can be sent at present
                    self._resume = time.monotonic() + PAUSE.total_seconds()
                    break
        finally:
            if connection is not None:
                _close(connection)
        return count

    def _send(
        self, letter: Letter, connection: BaseEmailBackend | None
    ) -> tuple[State | None, BaseEmailBackend | None]:
        """What became of the letter (None: the mail server cannot be reached), and the connection it went over."""
        try:
            said = wording.compose(letter, at=self.clock(), address=self.address)
            if isinstance(said, wording.Unneeded):
                letters.drop(letter, because=said.because, at=self.clock())
                return State.DROPPED, connection
            connection = connection or get_connection(**settings.PENHOLDER_POST)
            connection.send_messages([_message(letter, said)])
        except DatabaseError:
            raise  # nothing can be noted; the letter is free again when its time of holding is over
        except Exception as problem:  # noqa: BLE001 - whatever one letter does, the others are to be sent
            words = f"{type(problem).__name__}: {problem}"
            state = letters.fail(letter, problem=words, for_good=_for_good(problem), at=self.clock())
            return (None if _unreachable(problem) else state), connection
        letters.sent(letter, subject=said.subject, at=self.clock())
        return State.SENT, connection


def _message(letter: Letter, said: wording.Said) -> EmailMessage:
    sender = letter.sender or settings.DEFAULT_FROM_EMAIL
    host = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    # The same for every attempt, so that a letter that went out twice can be told by the receiving side.
    name = hashlib.sha256(f"{settings.SECRET_KEY} {letter.key}".encode()).hexdigest()[:32]
    return EmailMessage(
        subject=said.subject,
        body=said.body,
        from_email=sender,
        to=[letter.to],
        headers={"Message-ID": f"<{name}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _for_good(problem: Exception) -> bool:
    """Whether trying again is no use: the server knows this address and will never take it (RFC 5321, 5yz)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= 500


def _unreachable(problem: Exception) -> bool:
    """Whether the fault is the way to the server, not this letter."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
        return False
    # Sockets, disks, smtplib's own (disconnected, not connected, not let in), and Django's for a folder it cannot make.
    return isinstance(problem, OSError | ImproperlyConfigured)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return  # what was sent has been sent
