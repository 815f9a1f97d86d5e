"""Addresses of the desk. Everything here is for who is signed in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from penholder.web.desk import (
    account,
    chairing,
    chasing,
    clear_urls,
    delegations,
    documents,
    draft_urls,
    inside,
    judging,
    linking,
    people,
    publishing,
    rounds,
    signing,
    tables,
    together_urls,
    word_urls,
)
from penholder.web.desk.access import signed_in

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", signed_in(rounds.home), name="home"),
    path("texts/", signed_in(documents.documents), name="documents"),
    path("texts/", include(draft_urls.urlpatterns)),
    path("texts/", include(together_urls.urlpatterns)),
    path("texts/", include(word_urls.urlpatterns)),
    path("texts/", include(clear_urls.urlpatterns)),
    path("texts/<slug:key>/open/", signed_in(chairing.open_round), name="open"),
    path("texts/<slug:key>/publish/", signed_in(publishing.publish), name="publish"),
    path("schedules/<int:schedule_id>/cancel/", signed_in(publishing.cancel), name="cancel-publication"),
    path("editions/<int:edition_id>/withdraw/", signed_in(publishing.withdraw), name="withdraw-edition"),
    path("rounds/<slug:key>/run/", signed_in(chairing.run), name="run"),
    path("rounds/<slug:key>/", signed_in(rounds.one_round), name="round"),
    path("rounds/<slug:key>/clear/", signed_in(rounds.clear), name="clear"),
    path("rounds/<slug:key>/close/", signed_in(rounds.close), name="close"),
    path("rounds/<slug:key>/chase/", signed_in(chasing.chase), name="chase"),
    path("rounds/<slug:key>/editorial/", signed_in(judging.editorial), name="editorial"),
    path("rounds/<slug:key>/matrix/", signed_in(tables.matrix), name="matrix"),
    path("rounds/<slug:key>/matrix.csv", signed_in(tables.matrix_csv), name="matrix-csv"),
    path("rounds/<slug:key>/remarks/", signed_in(tables.dispositions), name="remarks"),
    path("rounds/<slug:key>/remarks.csv", signed_in(tables.dispositions_csv), name="remarks-csv"),
    path("rounds/<slug:key>/remarks.odt", signed_in(tables.dispositions_odt), name="remarks-odt"),
    path("remarks/<int:remark_id>/inside/", signed_in(inside.settle), name="inside-remark"),
    path("remarks/<int:remark_id>/", signed_in(tables.decide), name="decide"),
    path("answers/<int:asked_id>/link/", signed_in(linking.make), name="link"),
    path("links/<int:link_id>/end/", signed_in(linking.end), name="end-link"),
    path("answers/<int:asked_id>/", signed_in(signing.answer), name="answer"),
    path("answers/<int:asked_id>/inside/", signed_in(inside.inside), name="inside"),
    path("answers/<int:asked_id>/withdraw/", signed_in(signing.withdraw), name="withdraw"),
    path("answers/<int:asked_id>/files/<str:name>", signed_in(signing.file), name="answer-file"),
    path("services/", include("penholder.web.desk.figures_urls")),
    path("act-as/", account.act_as, name="act-as"),
    path("people/", signed_in(people.everyone), name="people"),
    path("people/organisations/", signed_in(people.make_organisation), name="make-organisation"),
    path("people/organisations/<slug:key>/", signed_in(people.organisation), name="organisation"),
    path("people/posts/<slug:key>/", signed_in(people.post), name="post"),
    path("people/posts/<slug:key>/leave/<int:person_id>/", signed_in(people.leave), name="leave"),
    path(
        "people/posts/<slug:key>/invitations/<int:invitation_id>/end/",
        signed_in(people.end_invitation),
        name="end-invitation",
    ),
    path("delegations/", signed_in(delegations.everything), name="delegations"),
    path("delegations/<int:delegation_id>/end/", signed_in(delegations.end), name="end-delegation"),
    path("permissions/", signed_in(people.who_may), name="permissions"),
]
