"""A day is read as people write it, and what is none is told with how to write it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from penholder.web.desk.days import DayField


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    "written",
    ["1 October 2026", " 01 oct 2026 ", "1 Hydref 2026", "1  hyd 2026", "1/10/2026", "01.10.2026", "2026-10-01"],
)
def test_a_day_is_read_as_people_write_it(written, language, settings):
    settings.PENHOLDER_LANGUAGES = ["en", "cy"]
    with override(language):
        assert DayField(label="Day").clean(written) == date(2026, 10, 1)


@pytest.mark.parametrize(
    "written", ["30 February 2026", "1 Oc 2026", "October 2026", "10/13/2026", "1 Smarch 2026", "٣"]
)
def test_what_is_no_day_is_told_how_to_write_one(written):
    with pytest.raises(ValidationError, match="Write it as 1 October 2026"):
        DayField(label="Day").clean(written)
