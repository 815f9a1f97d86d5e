"""Where Django's own mail goes: into the queue, in the transaction of the act, so that a slow server delays nobody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation

from penholder.jobs import letters
from penholder.jobs.models import Letter


class Queue(BaseEmailBackend):
    """Puts invitations, codes and new passwords into the queue, as plain text: what else a message has is left out."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """One letter for each address of each message. Returns how many messages there were."""
        at = timezone.now()
        with transaction.atomic():
            for message in email_messages:
                letters.write(
                    Letter(
                        key=f"message:{uuid.uuid4()}",
                        to=address,
                        language=translation.get_language() or "",
                        sender=message.from_email,
                        subject=" ".join(str(message.subject).split()),
                        body=str(message.body),
                        due_at=at,
                        made_at=at,
                    )
                    for address in dict.fromkeys(message.recipients())
                )
        return len(email_messages)
