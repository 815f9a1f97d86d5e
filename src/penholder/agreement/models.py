"""Rounds: who is asked about which sealed text, what they answer, what they remark, and what is cleared."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as say

from penholder.drafting.models import Document, Iteration
from penholder.people.models import Person, Post
from penholder.record.sealed import SealedModel


class Kind(models.TextChoices):
    """What a round is for; each has its own rules."""

    ADVICE = "advice", say("Advice")
    SIGN_OFF = "sign-off", say("Sign-off")
    FEEDBACK = "feedback", say("Feedback")
    APPROVAL = "approval", say("Approval")


class Rule(models.TextChoices):
    """How many of those asked must agree before the text may be cleared."""

    ALL = "all", say("Everybody who is asked")
    ALL_BUT = "all-but", say("Everybody but a number")
    QUORUM = "quorum", say("At least a number")
    ONE = "one", say("One")
    NONE = "none", say("Nobody must answer")


class Carry(models.TextChoices):
    """What becomes of a signature when a new iteration follows."""

    NOTHING = "nothing", say("Everybody is asked again")
    UNTOUCHED = "untouched", say("Signatures stand where no section in their scope changed")
    EDITORIAL = "editorial", say("Signatures stand where nothing changed but what was judged editorial")


class State(models.TextChoices):
    """Where a round stands."""

    OPEN = "open", say("Open")
    CLOSED = "closed", say("Closed")  # advice and feedback end so: heard, with nothing to clear
    CLEARED = "cleared", say("Cleared")
    UNSETTLED = "unsettled", say("Cleared, then a signature was withdrawn")
    RETURNED = "returned", say("Returned to the pen team")
    REPLACED = "replaced", say("Goes on with a newer iteration")
    CALLED_OFF = "called-off", say("Called off")


NEXT: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.CLOSED, State.CLEARED, State.RETURNED, State.REPLACED, State.CALLED_OFF}),
    State.CLEARED: frozenset({State.UNSETTLED, State.REPLACED}),
    State.UNSETTLED: frozenset({State.CLEARED, State.RETURNED, State.REPLACED, State.CALLED_OFF}),
    State.RETURNED: frozenset({State.REPLACED}),
    State.CLOSED: frozenset({State.REPLACED}),
    State.REPLACED: frozenset(),
    State.CALLED_OFF: frozenset(),
}


class Round(models.Model):
    """One request to the holders of named posts to answer for one sealed iteration, by a deadline.

    Rounds that follow each other over newer iterations of a text share `series` (the key of the first), so that a
    condition made in one stands in the next until its signer clears it. `writers` are the posts that wrote the text.
    """

    key = models.SlugField(max_length=200, unique=True)  # "strategy-4-sign-off"; stays the same in record and addresses
    series = models.SlugField(max_length=200, db_index=True)
    iteration = models.ForeignKey(Iteration, on_delete=models.PROTECT, related_name="rounds")
    follows = models.OneToOneField("self", on_delete=models.PROTECT, related_name="next", null=True, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rule = models.CharField(max_length=10, choices=Rule.choices)
    rule_number = models.PositiveIntegerField(default=0)
    silence_is_consent = models.BooleanField(default=False)
    carry = models.CharField(max_length=10, choices=Carry.choices, default=Carry.UNTOUCHED)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    message = models.TextField(blank=True)
    writers = models.ManyToManyField(Post, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=500)
    clear_days = models.PositiveIntegerField()
    deadline_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "deadline_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "unsettled"], ended_at=None)
                | Q(~Q(state__in=["open", "unsettled"]), ended_at__isnull=False),
                name="a_round_that_ended_says_when",
            ),
            models.CheckConstraint(condition=Q(deadline_at__gt=models.F("opened_at")), name="a_deadline_follows"),
        ]

    def __str__(self) -> str:
        return self.key


class Stance(models.TextChoices):
    """What a post says about the text."""

    CONTENT = "content", say("Content")
    CONTENT_IF = "content-if", say("Content if conditions are met")
    NOT_CONTENT = "not-content", say("Not content")
    ADVICE = "advice", say("Advice")
    NIL = "nil", say("Nil return")
    WITHDRAWN = "withdrawn", say("Withdrawn")


class How(models.TextChoices):
    """How an answer came about. Only `given` is a signature by a person on this very seal."""

    GIVEN = "given", say("Given")
    DEEMED = "deemed", say("Deemed by silence")
    CARRIED = "carried", say("Carried over, nothing in its scope changed")
    RESTORED = "restored", say("Stands again, the text was changed back")


class Asked(models.Model):
    """One post that is asked in one round. `sections` are the keys it answers for; empty means the whole text.

    `answer` is the newest row of its answers, the one that stands; None until there is one. `last_given` is the last
    that the post gave itself in this or an earlier round of the series: what the text is compared with. `changed` are
    the sections in its scope that changed since ("" is the document's title), without `editorial`, those whose change
    was judged so; both are written when a round goes on with a newer iteration.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="asked")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="asked")
    sections = models.JSONField(default=list, blank=True)
    asked_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    answer = models.ForeignKey("Answer", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    last_given = models.ForeignKey("Answer", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    changed = models.JSONField(default=list, blank=True)
    editorial = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["round", "post__title", "pk"]
        verbose_name_plural = "asked"
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "post"], name="a_post_is_asked_once_a_round")]

    def __str__(self) -> str:
        return f"{self.post_id} in {self.round_id}"


class Answer(SealedModel):
    """What a post answered, bound to the seal that it was shown. Never changed: a later row takes its place.

    `name` is the person as text; `on_behalf_of` is the asked post as text when a delegate or an office answered.
    """

    asked = models.ForeignKey(Asked, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveIntegerField()
    stance = models.CharField(max_length=12, choices=Stance.choices)
    how = models.CharField(max_length=10, choices=How.choices, default=How.GIVEN)
    seal = models.CharField(max_length=64)
    by_post = models.CharField(max_length=500)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=300, blank=True)
    on_behalf_of = models.CharField(max_length=500, blank=True)
    through = models.CharField(max_length=10, default="desk")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    late = models.BooleanField(default=False)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["asked", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asked", "number"], name="answers_of_one_post_are_numbered"),
            models.CheckConstraint(
                condition=Q(how__in=["carried", "restored"], carried_from__isnull=False)
                | Q(~Q(how__in=["carried", "restored"]), carried_from=None),
                name="what_is_carried_says_from_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_id}: {self.stance} ({self.how})"


class Class(models.TextChoices):
    """How much hangs on a remark; the Cabinet Office's own three classes."""

    CONDITION = "a", say("(a) a condition of agreeing")
    SHOULD = "b", say("(b) should be addressed, not insisted on")
    MADE = "c", say("(c) merely made")


class RemarkState(models.TextChoices):
    """Where a remark stands."""

    INTERNAL = "internal", say("Inside the department")
    DROPPED = "dropped", say("Not lodged")
    LODGED = "lodged", say("Lodged")
    SETTLED = "settled", say("Settled by its signer")
    WITHDRAWN = "withdrawn", say("Withdrawn by its signer")


REMARK_NEXT: dict[RemarkState, frozenset[RemarkState]] = {
    RemarkState.INTERNAL: frozenset({RemarkState.LODGED, RemarkState.DROPPED}),
    RemarkState.LODGED: frozenset({RemarkState.SETTLED, RemarkState.WITHDRAWN}),
    RemarkState.DROPPED: frozenset(),
    RemarkState.SETTLED: frozenset(),
    RemarkState.WITHDRAWN: frozenset(),
}


class Remark(models.Model):
    """Something said about a passage (or, with `passage` empty, a section or the whole), first inside an organisation.

    Only a lodged remark leaves the organisation. `quote` is the passage as it read when the remark was made.
    `claimed_met_at` is the pen team's claim that a condition is met; only `settled_at`, its signer's act, clears it.
    """

    asked = models.ForeignKey(Asked, on_delete=models.PROTECT, related_name="remarks")
    number = models.PositiveIntegerField()  # within the series, so that people can say "remark 14"; 0 while internal
    klass = models.CharField(max_length=1, choices=Class.choices)
    state = models.CharField(max_length=10, choices=RemarkState.choices, default=RemarkState.INTERNAL)
    section = models.CharField(max_length=200, blank=True)
    passage = models.CharField(max_length=40, blank=True)
    quote = models.TextField(blank=True)
    body = models.TextField()
    made_by = models.CharField(max_length=500)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField()
    lodged_at = models.DateTimeField(null=True, blank=True)
    lodged_by = models.CharField(max_length=500, blank=True)
    claimed_met_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lodged_at=None, lodged_by="") | (Q(lodged_at__isnull=False) & ~Q(lodged_by="")),
                name="a_remark_is_lodged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, state__in=["internal", "lodged"])
                | Q(ended_at__isnull=False, state__in=["dropped", "settled", "withdrawn"]),
                name="a_remark_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"remark {self.number} ({self.klass})"


class Outcome(models.TextChoices):
    """What became of a remark."""

    ACCEPTED = "accepted", say("Accepted")
    IN_PART = "in-part", say("Accepted in part")
    REJECTED = "rejected", say("Rejected")


class Disposition(SealedModel):
    """What the pen team decided about a remark, and why. The newest stands. `changed` are lasting ids of passages."""

    remark = models.ForeignKey(Remark, on_delete=models.PROTECT, related_name="dispositions")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.TextField()
    changed = models.JSONField(default=list, blank=True)
    by_post = models.CharField(max_length=500)
    name = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["remark", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.remark_id}: {self.outcome}"


class Delegation(models.Model):
    """That a person may answer for a post in one scope and one period. Exactly one of `round`, `document` is set."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="delegations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    given_by = models.CharField(max_length=500)
    given_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-since"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(round=None, document__isnull=False) | Q(round__isnull=False, document=None),
                name="a_delegation_has_one_scope",
            ),
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="a_delegation_has_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.post_id}"


class Clearance(models.Model):
    """The chair's act that a text is agreed. It stands until `ended_at`: a withdrawal before publication ends it."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="clearances")
    seal = models.CharField(max_length=64, db_index=True)
    by_post = models.CharField(max_length=500)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["round", "at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round"], condition=Q(ended_at=None), name="one_clearance_stands_a_round")
        ]

    def __str__(self) -> str:
        return f"clearance of {self.round_id}"


class Judgement(SealedModel):
    """A named person's view that a section's change is editorial only, shown to every signer before clearance."""

    iteration = models.ForeignKey(Iteration, on_delete=models.PROTECT, related_name="judgements")
    section = models.CharField(max_length=200)
    before = models.CharField(max_length=64)  # digest of the section's text that the change started from
    after = models.CharField(max_length=64)
    by_post = models.CharField(max_length=500)
    name = models.CharField(max_length=300)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["iteration", "section"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["iteration", "section", "before", "after"], name="a_change_is_judged_once")
        ]

    def __str__(self) -> str:
        return f"{self.section} is editorial in {self.iteration_id}"


class Link(models.Model):
    """A way to answer once without an account, for one asked post, until it expires. The token itself is not here."""

    asked = models.ForeignKey(Asked, on_delete=models.PROTECT, related_name="links")
    token_digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    made_by = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"link for {self.asked_id}"


class Look(SealedModel):
    """That a text that is not public was opened: by which post, by whom, when. No signature without one."""

    iteration = models.ForeignKey(Iteration, on_delete=models.PROTECT, related_name="looks")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=300, blank=True)
    through = models.CharField(max_length=10, default="desk")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["iteration", "at"]
        indexes: ClassVar = [models.Index(fields=["iteration", "post"])]

    def __str__(self) -> str:
        return f"{self.post_id} looked at {self.iteration_id}"
