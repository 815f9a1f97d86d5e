"""The agreement that a bundle tells of, played again from its entries by the rules under which it was given. Pure.

What the entries shown cannot tell is not judged: remarks stay with those who made them, so whether a condition was
settled before the clearance is for `penholder verify --all` inside the instance.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

# As `agreement.tallies` has them; a test holds the two together.
AGREES = frozenset({"content", "nil", "content-if"})
OBJECTS = frozenset({"not-content", "withdrawn"})

# Acts that may be about an earlier text than the one that was published.
_OF_EARLIER_TEXTS = frozenset({"answer.given", "change.judged"})

Signed = frozenset[tuple[str, str]]  # sections and the digests under which they were signed


class Report(Protocol):
    """What is told of the check: `penholder.publishing.checking.Checked`."""

    document: str
    edition: int
    seal: str
    agreed_elsewhere: bool
    withdrawn_at: str
    steps: tuple[str, ...]

    def breaks(self, where: str, what: str) -> None:
        """Note what does not hold."""


@dataclass(slots=True)
class _Round:
    key: str
    kind: str
    rule: str
    number: int
    silence: bool
    asked: set[str]
    said: dict[str, tuple[str, str]] = field(default_factory=dict)  # by post: stance, how
    cleared: str = ""  # when

    @property
    def needed(self) -> int:
        return needed(self.rule, self.number, len(self.asked))

    @property
    def words(self) -> str:
        how = [one for _, one in self.said.values()]
        parts = [f"{len(self.asked)} asked", f"{len(self.said)} answered"]
        parts += [f"{how.count(name)} {words}" for name, words in _HOW.items() if name in how]
        return f"{self.kind}: {', '.join(parts)}, cleared {self.cleared[:10]}"


_HOW = {"deemed": "by silence", "carried": "carried over", "restored": "standing again"}


def needed(rule: str, number: int, asked: int) -> int:
    """How many of those asked must agree."""
    by_rule = {"all": asked, "all-but": asked - number, "quorum": number, "one": min(1, asked), "none": 0}
    return max(0, by_rule[rule])


def agreement(
    shown: Sequence[Mapping[str, Any]],
    digests: Mapping[str, str],
    report: Report,
    earlier: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Play the entries of one text; `digests` are those of its sections. What breaks a rule is noted.

    `earlier` are the digests of texts, by seal, that were signed whole and whose signatures were carried over.
    """
    play = _Play({**(earlier or {}), report.seal: digests}, report)
    for entry in shown:
        play.take(entry)
    if not play.published:
        report.breaks("record", f"no entry tells that edition {report.edition} of this text was published.")
    report.steps = tuple(row.words for row in play.rounds.values() if row.cleared)


class _Play:
    def __init__(self, texts: Mapping[str, Mapping[str, str]], report: Report) -> None:
        self.texts = texts
        self.digests = texts[report.seal]
        self.report = report
        self.rounds: dict[str, _Round] = {}
        self.signed: dict[tuple[str, str], list[Signed]] = {}  # earlier texts, by post and seal
        self.judged: set[tuple[str, str, str]] = set()  # section, digest before, digest after
        self.published = False
        self.played: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], str], None]] = {
            "answer.given": self._answered,
            "answer.withdrawn": self._taken_back,
            "change.judged": self._judged,
            "edition.published": self._published,
            "edition.withdrawn": self._withdrawn,
            "round.asked": self._asked,
            "round.cleared": self._cleared,
            "round.opened": self._opened,
            "round.unsettled": self._unsettled,
        }

    def take(self, entry: Mapping[str, Any]) -> None:
        """Play one entry."""
        facts = json.loads(entry["facts"])
        where, act = f"record:{entry['number']}", str(entry["act"])
        if act not in _OF_EARLIER_TEXTS and entry["subject"] != self.report.seal:
            self.report.breaks(where, f"“{act}” is about another text.")
        elif act in self.played:
            self.played[act](entry, facts, where)

    def _judged(self, _entry: Mapping[str, Any], facts: Mapping[str, Any], _where: str) -> None:
        self.judged.add((str(facts["section"]), str(facts["before"]), str(facts["after"])))

    def _opened(self, _entry: Mapping[str, Any], facts: Mapping[str, Any], _where: str) -> None:
        asked = {str(post) for post in facts["asked"]}
        told = (str(facts["kind"]), str(facts["rule"]), int(facts["rule_number"]), bool(facts["silence"]))
        self.rounds[facts["round"]] = _Round(str(facts["round"]), *told, asked)

    def _asked(self, _entry: Mapping[str, Any], facts: Mapping[str, Any], _where: str) -> None:
        self.rounds[facts["round"]].asked.add(str(facts["post"]))

    def _taken_back(self, _entry: Mapping[str, Any], facts: Mapping[str, Any], _where: str) -> None:
        self.rounds[facts["round"]].said[str(facts["post"])] = ("withdrawn", "given")

    def _unsettled(self, _entry: Mapping[str, Any], facts: Mapping[str, Any], _where: str) -> None:
        self.rounds[facts["round"]].cleared = ""

    def _withdrawn(self, entry: Mapping[str, Any], _facts: Mapping[str, Any], _where: str) -> None:
        self.report.withdrawn_at = str(entry["at"])

    def _answered(self, entry: Mapping[str, Any], facts: Mapping[str, Any], where: str) -> None:
        post, how = str(facts["post"]), str(facts["how"])
        signed = self._signed(facts, str(entry["subject"]))
        row = self.rounds.get(facts["round"])
        if row is None:  # in a round before, on this or an earlier text: its signature was carried over
            self.signed.setdefault((post, str(entry["subject"])), []).append(signed)
            return
        if post not in row.asked:
            self.report.breaks(where, f"{post} answered in {row.key} and was not asked.")
        if wrong := sorted(key for key, digest in signed if self.digests.get(key) != digest):
            self.report.breaks(where, f"{post} signed another text of “{', '.join(wrong)}” than was sealed.")
        earlier = self.signed.get((post, str(facts["from_seal"])), [])
        if how in {"carried", "restored"} and not any(self._reads_as(signed, before) for before in earlier):
            self.report.breaks(where, f"{post} never signed what its signature was carried over from.")
        if how == "deemed" and not row.silence:
            self.report.breaks(where, f"the silence of {post} was taken for consent in a round where it is none.")
        row.said[post] = (str(facts["stance"]), how)

    def _signed(self, facts: Mapping[str, Any], seal: str) -> Signed:
        """The sections that an answer is for, with their digests; of the whole text where it names none."""
        pairs = facts["sections"] or self.texts.get(seal, {"": seal}).items()
        return frozenset((str(key), str(digest)) for key, digest in pairs)

    def _reads_as(self, signed: Signed, before: Signed) -> bool:
        """Whether what was signed before is this, but for changes that were judged editorial."""
        old, new = dict(before), dict(signed)
        return old.keys() == new.keys() and all(
            old[key] == new[key] or self._editorial(key, old[key], new[key]) for key in new
        )

    def _editorial(self, section: str, before: str, after: str) -> bool:
        reached, waiting = {before}, [before]
        while waiting:
            at = waiting.pop()
            steps = {one[2] for one in self.judged if one[:2] == (section, at)} - reached
            reached |= steps
            waiting += steps
        return after in reached

    def _cleared(self, entry: Mapping[str, Any], facts: Mapping[str, Any], where: str) -> None:
        row = self.rounds[facts["round"]]
        objecting = sorted(post for post, (stance, _) in row.said.items() if stance in OBJECTS)
        if objecting:
            self.report.breaks(where, f"{row.key} was cleared while these objected: {', '.join(objecting)}.")
        agreed = sum(stance in AGREES for stance, _ in row.said.values())
        if agreed < row.needed:
            self.report.breaks(where, f"{row.key} was cleared when {agreed} agreed and {row.needed} had to.")
        row.cleared = str(entry["at"])

    def _published(self, _entry: Mapping[str, Any], facts: Mapping[str, Any], where: str) -> None:
        if (facts["document"], facts["edition"]) != (self.report.document, self.report.edition):
            self.report.breaks(where, "it publishes another edition than this bundle is about.")
            return
        self.published = True
        if (facts["agreed_elsewhere"] is True) != self.report.agreed_elsewhere:
            self.report.breaks(where, "the bundle says otherwise than the record whether the text was agreed here.")
        cleared = {row.kind for row in self.rounds.values() if row.cleared}
        for step in facts.get("steps", ()):
            if step not in cleared:
                self.report.breaks(where, f"it was published before its {step} was cleared.")
