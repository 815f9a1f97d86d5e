"""The way to publication: which rounds a document needs, and how each kind is run unless somebody says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from penholder.agreement.models import Carry, Kind, Rule, Stance
from penholder.drafting.models import Kind as DocumentKind

# Rounds that must be cleared on a document's very seal before it may be published, in their order.
REQUIRED: Final[Mapping[str, tuple[Kind, ...]]] = {
    DocumentKind.STRATEGY: (Kind.SIGN_OFF, Kind.APPROVAL),
    DocumentKind.DEPARTMENTAL: (Kind.SIGN_OFF,),
    DocumentKind.PAPER: (Kind.SIGN_OFF,),
    DocumentKind.CASE_STUDIES: (Kind.SIGN_OFF,),
    DocumentKind.REPORT: (Kind.SIGN_OFF,),
    DocumentKind.POST: (Kind.APPROVAL,),
}

# Rounds that a chair clears. The others are closed: they were heard, and there is nothing to clear.
CLEARED_KINDS: Final = frozenset({Kind.SIGN_OFF, Kind.APPROVAL})

# What may be answered in each kind of round. Approval must be said: a nil return would be approval by a blank sheet.
ANSWERS: Final[Mapping[str, tuple[Stance, ...]]] = {
    Kind.ADVICE: (Stance.ADVICE, Stance.NIL),
    Kind.SIGN_OFF: (Stance.CONTENT, Stance.CONTENT_IF, Stance.NOT_CONTENT, Stance.NIL),
    Kind.FEEDBACK: (Stance.CONTENT, Stance.NOT_CONTENT, Stance.ADVICE, Stance.NIL),
    Kind.APPROVAL: (Stance.CONTENT, Stance.CONTENT_IF, Stance.NOT_CONTENT),
}

# The Cabinet Office's rules give a write-round at least so many clear working days; silence cannot speak sooner.
DAYS_BEFORE_SILENCE_SPEAKS: Final = 10


@dataclass(frozen=True, slots=True)
class Default:
    """How a kind of round is run unless the person who opens it says otherwise."""

    clear_days: int
    rule: Rule
    rule_number: int = 0
    silence_is_consent: bool = False
    carry: Carry = Carry.UNTOUCHED


DEFAULTS: Final[Mapping[str, Default]] = {
    Kind.ADVICE: Default(clear_days=5, rule=Rule.NONE),
    Kind.SIGN_OFF: Default(clear_days=10, rule=Rule.ALL),
    Kind.FEEDBACK: Default(clear_days=5, rule=Rule.NONE),
    Kind.APPROVAL: Default(clear_days=5, rule=Rule.ONE),
}


def steps_before(document_kind: str, kind: str) -> tuple[Kind, ...]:
    """Rounds that must be cleared on the same seal before one of this kind may be opened."""
    required = REQUIRED[document_kind]
    return required[: required.index(Kind(kind))] if kind in required else ()
