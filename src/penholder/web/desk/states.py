"""The words, shapes and tones for where rounds, answers, sections and remarks stand. Words alone carry the meaning."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class State:
    """One state: its words, what they mean, the shape that repeats them and the tone that decorates them."""

    key: str
    words: str | Promise
    meaning: str | Promise
    shape: str
    tone: str


def _by_key(*states: State) -> dict[str, State]:
    return {state.key: state for state in states}


# How a round stands. The keys are those of `agreement.models.State`.
ROUNDS = _by_key(
    State("open", _("Open"), _("Posts are answering."), "open", "done"),
    State(
        "closed", _("Closed"), _("What was said has been heard; such a round has nothing to clear."), "closed", "quiet"
    ),
    State("cleared", _("Cleared"), _("The chair has said that this very text is agreed."), "cleared", "good"),
    State(
        "unsettled",
        _("No longer cleared"),
        _("A signature was withdrawn after clearance, so the text is not agreed until it is cleared again."),
        "warning",
        "part",
    ),
    State("returned", _("Sent back"), _("The text went back to the pen team to be changed."), "back", "part"),
    State(
        "replaced", _("Goes on with a newer text"), _("A round on a newer iteration took its place."), "onward", "quiet"
    ),
    State("called-off", _("Called off"), _("The round was ended without a result."), "off", "quiet"),
)

# What one post said. Stances of a person first, then what was not said by a person on this very text.
STANCES = _by_key(
    State("content", _("Content"), _("A person answered for the post, for this very text."), "tick", "good"),
    State(
        "content-if",
        _("Content if"),
        _("Content once its conditions are met. Only the post that made a condition can say that it is."),
        "half",
        "part",
    ),
    State(
        "not-content", _("Not content"), _("An objection. It stands until the post says otherwise."), "cross", "none"
    ),
    State("advice", _("Advice"), _("Advice was given; nothing depends on it."), "bubble", "quiet"),
    State("nil", _("Nil return"), _("Nothing to say, which counts as content."), "ringed-tick", "good"),
    State(
        "carried",
        _("Content, carried over"),
        _("Signed on an earlier iteration; nothing changed in what the post answers for."),
        "onward-tick",
        "done",
    ),
    State(
        "restored",
        _("Content again, changed back"),
        _("The text was changed and changed back, so the signature on it stands again."),
        "around",
        "done",
    ),
    State(
        "deemed",
        _("Deemed content by silence"),
        _("Nobody answered by the deadline, and the round’s rule takes that as consent. It is not a signature."),
        "clock",
        "asked",
    ),
    State("withdrawn", _("Withdrawn"), _("An answer was taken back, with a reason."), "back", "none"),
    State("waiting", _("Not yet answered"), _("Asked, and nothing said so far."), "ring", "quiet"),
)

# How one section stands with one post. The keys are those of `agreement.standing.matrix`.
CELLS = _by_key(
    State("signed", _("Signed"), _("Content with this very text of the section."), "tick", "good"),
    State(
        "signed-carried",
        _("Signed, carried over"),
        _("Signed on an earlier iteration, and the section is the same."),
        "onward-tick",
        "done",
    ),
    State(
        "deemed",
        _("Deemed by silence"),
        _("Nobody answered in time; the rule takes that as consent."),
        "clock",
        "asked",
    ),
    State(
        "changed-since",
        _("Changed since signed"),
        _("The post signed an earlier text of this section."),
        "triangle",
        "part",
    ),
    State(
        "conditions", _("Content if"), _("A condition on this section, or on the whole, still stands."), "half", "part"
    ),
    State("objected", _("Not content"), _("The post objects."), "cross", "none"),
    State("advised", _("Advice"), _("Advice was given; nothing depends on it."), "bubble", "quiet"),
    State("waiting", _("Not yet answered"), _("Asked, and nothing said so far."), "ring", "quiet"),
    State("withdrawn", _("Withdrawn"), _("An answer was taken back, with a reason."), "back", "none"),
    State("not-asked", _("Not asked"), _("The post does not answer for this section."), "dot", "quiet"),
)

# Where a remark stands. The keys are those of `agreement.models.RemarkState`.
REMARKS = _by_key(
    State("internal", _("Inside the department"), _("Seen by the department only."), "bubble", "quiet"),
    State("dropped", _("Not lodged"), _("The department keeps it to itself."), "dash", "quiet"),
    State("lodged", _("Lodged"), _("Made in the name of the post, and seen by all who are asked."), "flag", "done"),
    State("settled", _("Settled by its signer"), _("The post that made it says that it is met."), "tick", "good"),
    State("withdrawn", _("Withdrawn by its signer"), _("The post that made it took it back."), "back", "quiet"),
)

# What became of a remark. The keys are those of `agreement.models.Outcome`; "" is no decision yet.
OUTCOMES = _by_key(
    State("accepted", _("Accepted"), _("The text was changed as asked, or will be."), "tick", "good"),
    State("in-part", _("Accepted in part"), _("Some of what was asked was done."), "half", "part"),
    State("rejected", _("Rejected"), _("The text was not changed for it; the reason is given."), "cross", "none"),
    State("", _("Not decided yet"), _("The pen team has not said what becomes of it."), "ring", "quiet"),
)

# What became of a suggestion. The keys are those of `drafting.contributions.Fate`.
FATES = _by_key(
    State("inside", _("Inside the department"), _("Seen by the department only."), "bubble", "quiet"),
    State("open", _("Not decided yet"), _("The pen team has not said what becomes of it."), "ring", "quiet"),
    State("accepted", _("Accepted"), _("It is in the draft as it was suggested."), "tick", "good"),
    State(
        "in-part", _("Accepted in part"), _("It is in the draft in other words; the reason is given."), "half", "part"
    ),
    State("rejected", _("Rejected"), _("The text stays as it is; the reason is given."), "cross", "none"),
    State("withdrawn", _("Withdrawn"), _("Who made it took it back."), "back", "quiet"),
)


def stance_state(stance: str, how: str) -> State:
    """The state of an answer: how it came about tells more than its stance, unless a person gave it."""
    if how in STANCES and stance in {"content", "nil"}:
        return STANCES[how]
    return STANCES[stance or "waiting"]
