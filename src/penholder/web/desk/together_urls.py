"""Addresses of work on a draft by everybody who is asked about it, below /desk/texts/."""

from __future__ import annotations

from django.urls import URLPattern, path

from penholder.web.desk import catching_up, deciding, discussing, settling, suggesting, together
from penholder.web.desk.access import signed_in

urlpatterns: list[URLPattern] = [
    path("<slug:key>/together/", signed_in(together.overview), name="together"),
    path("<slug:key>/together/<path:section>/", signed_in(together.section), name="together-section"),
    # Without `signed_in`: what somebody wrote while their session ended is kept for them first.
    path("<slug:key>/suggest/", suggesting.suggest, name="suggest"),
    path("<slug:key>/suggestions/", signed_in(deciding.everything), name="suggestions"),
    path("<slug:key>/conflicts/", signed_in(settling.conflicts), name="conflicts"),
    path("<slug:key>/suggestions.csv", signed_in(deciding.everything_csv), name="suggestions-csv"),
    path("<slug:key>/suggestions/<int:suggestion_id>/", signed_in(deciding.one), name="suggestion"),
    path("<slug:key>/since/", signed_in(catching_up.since), name="since"),
    path("<slug:key>/timeline/", signed_in(catching_up.timeline), name="timeline"),
    path("<slug:key>/discuss/", signed_in(discussing.begin), name="discuss"),
    path("<slug:key>/discussions/", signed_in(discussing.everything), name="discussions"),
    path("<slug:key>/discussions/<int:thread_id>/", signed_in(discussing.one), name="thread"),
]
