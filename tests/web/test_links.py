"""Links in a sealed text: they lead where the site has something, and are plain words where it has not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from penholder.web.public import site as sites
from penholder.web.public.links import Links

FILES = {"figures/a.svg": {"path": "figures/a.svg", "sha256": "ab" * 32}}


@pytest.fixture
def resolve(take_in, first, second):
    take_in(first, second)
    whole = sites.read(at=datetime(2013, 4, 1, 11, tzinfo=UTC))
    links = Links(whole)

    def look_up(address, *, at_home=True):
        return links.resolve(address, whole.publications["strategy"], FILES, at_home=at_home)

    return look_up


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("https://example.org/#x", "https://example.org/#x"),
        ("mailto:somebody@example.org", "mailto:somebody@example.org"),
        ("/actions/01/", "/actions/01/"),
        ("/actions/01", "/actions/01/"),
        ("/strategy/editions/1/#aims", "/strategy/editions/1/#aims"),
        ("editions/", "/strategy/editions/"),
        ("/digital/strategy/", "/strategy/"),
        ("/digital/strategy/#actions", "/strategy/#actions"),
        ("figures/a.svg", "/media/abababababababababab/a.svg"),
        ("#aims", "#aims"),
        ("/actions/99/", None),
        ("/digital/research/#fig-1", None),
        ("no-such-page/", None),
    ],
)
def test_a_link_leads_to_what_the_site_has(resolve, written, leads):
    assert resolve(written) == leads


def test_on_another_page_a_link_within_the_text_leads_back_to_the_text(resolve):
    assert resolve("#aims", at_home=False) == "/strategy/#aims"
