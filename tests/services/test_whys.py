"""What is told beside a figure is kept in English, and said in the language of whoever reads it."""

from __future__ import annotations

import pickle

from django.utils import translation

from penholder.services import figures, whys
from penholder.services.whys import Why


def test_a_reason_is_one_text_in_files_and_is_said_in_welsh(ministry):
    ministry.submit("passports", "2026-09", started=20)
    (why,) = figures.read().of("passports", "2026-09", "completion-rate").why
    assert why == "There is no number for: Attempts completed."
    with translation.override("cy"):
        (said,) = whys.said([why])
        (again,) = figures.read().of("passports", "2026-09", "completion-rate").why
    assert said != why
    assert "Attempts" not in said
    assert again == why, "what is kept does not follow the language of the moment"
    assert pickle.loads(pickle.dumps(why)).said() == why
    assert whys.said(["Plain."]) == ("Plain.",)
    assert Why.of("%(count)s of them", count=("12",)).said() == "12 of them"
