"""The services that a sheet may speak of, and which one it means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process

from penholder.formats.figures.columns import CHANNELS, channel_kind, plain
from penholder.formats.figures.told import Told, say

# Below this, two names have a word in common and nothing else (tried on the names of 734 real services).
_NEAR = 70


@dataclass(frozen=True)
class ListedService:
    """One service of the register: its key, its names, and its channels by key with their kind and name."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    channels: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # key → (kind, name)


@dataclass(frozen=True)
class Catalogue:
    """Every service of the register."""

    services: tuple[ListedService, ...]

    @cached_property
    def by_key(self) -> dict[str, ListedService]:
        """Services by their key."""
        return {each.key: each for each in self.services}

    @cached_property
    def _by_name(self) -> dict[str, list[ListedService]]:
        named: defaultdict[str, list[ListedService]] = defaultdict(list)
        for each in self.services:
            for name in {plain(each.name), *(plain(alias) for alias in each.aliases)}:
                named[name].append(each)
        return named

    def find(self, words: str) -> ListedService | Told:
        """The service that words name, by key or by name; else what to write instead."""
        if words.strip().casefold() in self.by_key:
            return self.by_key[words.strip().casefold()]
        found = self._by_name.get(plain(words), [])
        if len(found) == 1:
            return found[0]
        if found:
            keys = ", ".join(sorted(each.key for each in found))
            return say(
                "%(count)s services are called “%(holds)s”. Write the key of the one you mean: %(keys)s.",
                count=len(found),
                holds=words,
                keys=keys,
            )
        near = process.extractOne(plain(words), self._by_name.keys(), scorer=fuzz.WRatio, score_cutoff=_NEAR)
        if near is None:
            return say(
                "No service of the register is called “%(holds)s”. Look up its name, or ask the pen team to add it.",
                holds=words,
            )
        meant = self._by_name[near[0]][0]
        return say(
            "No service is called “%(holds)s”. Do you mean “%(name)s”? Then write that, or its key, %(key)s.",
            holds=words,
            name=meant.name,
            key=meant.key,
        )


def find_channel(service: ListedService, words: str) -> str | Told:
    """The key of the channel of a service that words name; "" for all channels together."""
    said = plain(words)
    for key, (_kind, name) in service.channels.items():
        if said in {plain(key), plain(name)}:
            return key
    kind = channel_kind(words)
    if kind == "":
        return ""
    of_kind = [key for key, (each, _name) in service.channels.items() if each == kind]
    if len(of_kind) == 1:
        return of_kind[0]
    if len(of_kind) > 1:
        return say(
            "“%(service)s” has several channels of this kind. Write which one: %(listed)s.",
            service=service.name,
            listed=", ".join(of_kind),
        )
    names = [name for _key, (_kind, name) in service.channels.items()]
    if kind is None and not names:
        names = [each.replace("-", " ") for each in CHANNELS]
    if not names:
        return say(
            "“%(service)s” has no channel in the register. Add “%(holds)s” there first, or leave the channel blank for "
            "all channels together.",
            service=service.name,
            holds=words,
        )
    return say(
        "“%(service)s” has no channel “%(holds)s”. It has: %(listed)s. Leave it blank for all channels together.",
        service=service.name,
        holds=words,
        listed=", ".join(names),
    )
