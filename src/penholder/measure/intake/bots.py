"""Programs that visit pages. What they do is flagged, and counted apart; it is never thrown away."""

from __future__ import annotations

import re
from functools import lru_cache

# Words by which programs call themselves. Crawlers, previews of links, monitors, test drivers and HTTP libraries;
# a browser that people use says none of them.
_PROGRAMS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scrap|headless|phantomjs|selenium|playwright|puppeteer|lighthouse|pagespeed|"
    r"preview|facebookexternalhit|embedly|monitor|pingdom|uptime|statuscake|check_http|curl/|wget/|libwww|"
    r"python-|aiohttp|httpx|go-http|okhttp|java/|axios|node-fetch|scanner|nessus|nikto|zgrab|masscan",
    re.IGNORECASE,
)


@lru_cache(4096)
def is_bot(agent: str) -> bool:
    """Whether a page was opened by a program, by what its User-Agent says. Saying nothing is what programs do."""
    return not agent.strip() or _PROGRAMS.search(agent) is not None
