"""Where the links of a sealed text lead on this site. A link to nowhere is shown as its words, never as a dead end."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from penholder.web.public.site import Publication, Site, media_address

# Pages that every site has.
ALWAYS = ("/", "/actions/", "/departments/", "/coverage/", "/changes/", "/help/", "/accessibility/")


class Links:
    """The addresses of one site, to look links up in."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @cached_property
    def known(self) -> frozenset[str]:
        """Every page that a text may want to lead to."""
        found = set(ALWAYS)
        found.update(f"/actions/{action.number:02}/" for action in self.site.coverage.actions)
        found.update(f"/departments/{one.key}/" for one in self.site.coverage.organisations)
        if self.site.services:
            found.add("/services/")
            found.update(f"/services/{each.key}/" for each in self.site.services.services)
        for publication in self.site.publications.values():
            found.add(publication.address)
            found.add(f"{publication.address}editions/")
            found.update(publication.edition_address(edition.number) for edition in publication.editions)
        return frozenset(found)

    def resolve(
        self, address: str, publication: Publication, files: Mapping[str, Mapping[str, Any]], *, at_home: bool
    ) -> str | None:
        """Where a link in a text of `publication` leads, or None when that is nowhere on this site.

        `files` are those that the edition holds. On another page than the publication's own (not `at_home`), links
        within the text lead to the publication.
        """
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return address
        if not parts.path:
            return address if at_home else f"{publication.address}{address}"
        if parts.path in files:
            row = files[parts.path]
            return media_address(row["sha256"], row["path"])
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        for base in (publication.address, *self._homes(publication)):
            path = urljoin(base, parts.path)
            for candidate in (path, f"{path}/", f"{path}index.html"):
                if candidate in self.known:
                    return candidate + fragment
                if candidate in self.site.old_addresses:
                    now = self.site.old_addresses[candidate]
                    return now.partition("#")[0] + fragment if fragment else now
        return None

    def _homes(self, publication: Publication) -> list[str]:
        """Where the publication used to stand: its relative links were written for there."""
        olds = self.site.old_addresses.items()
        return [old for old, now in olds if now.partition("#")[0] == publication.address]
