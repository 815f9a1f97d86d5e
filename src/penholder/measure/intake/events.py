"""An event as services send it: a CloudEvent that says which step of which attempt was reached, and nothing else.

Fields are allow-listed: one that is not named here is refused, because whatever it holds might identify a person.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

# A UUID has 36 characters, a span of OpenTelemetry 49 with its trace.
LONGEST_ID = 128
# Names of steps are read by people in funnels; the longest in real logs has 53 characters.
LONGEST_NAME = 64

# Ids of attempts: letters, digits and marks that no e-mail address, name or telephone number gets by with.
JOURNEY_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:~"
SHORTEST_JOURNEY = 8
LONGEST_JOURNEY = 64

# RFC 3339 with nanoseconds and a zone has 35.
LONGEST_TIME = 40

TYPE = "journey.step"


class StepData(Struct, forbid_unknown_fields=True, gc=False):
    """`data` of an event: the step that was reached, in which channel, of which release; whether by a program."""

    step: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    channel: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)] = "digital"
    release: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""
    bot: bool = False


class Event(Struct, forbid_unknown_fields=True, gc=False):
    """One CloudEvent 1.0 (JSON) of type `journey.step`.

    `source` begins with the key of the service; (`source`, `id`) is unique, so sending again is harmless. `subject` is
    the id of the attempt. `time` is when it happened and `sent` when it was sent, by the same clock.
    """

    specversion: Literal["1.0"]
    id: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
    source: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
    type: Literal["journey.step"]
    time: Annotated[str, Meta(max_length=LONGEST_TIME)]
    data: StepData
    subject: Annotated[str, Meta(max_length=LONGEST_JOURNEY)] = ""
    sent: Annotated[str, Meta(min_length=1, max_length=LONGEST_TIME)] | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: Annotated[str, Meta(max_length=LONGEST_ID)] = ""


FIELDS = (*Event.__struct_fields__, *(f"data.{name}" for name in StepData.__struct_fields__))
