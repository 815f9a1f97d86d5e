"""Addresses of services and their figures at the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from penholder.web.desk import (
    assessing,
    figure_publications,
    measuring,
    monthly_form,
    page_texts,
    register,
    service_figures,
    service_parts,
    uploading,
)
from penholder.web.desk.access import signed_in

urlpatterns: list[URLPattern] = [
    path("", signed_in(register.services), name="services"),
    path("add/", signed_in(register.add), name="add-service"),
    path("register/<slug:key>/", signed_in(register.service), name="service"),
    path("register/<slug:key>/change/", signed_in(register.change), name="change-service"),
    path("register/<slug:key>/channel/", signed_in(register.way), name="service-channel"),
    path("register/<slug:key>/follow/", signed_in(register.follow), name="service-follow"),
    path("register/<slug:key>/release/", signed_in(service_parts.release), name="service-release"),
    path("register/<slug:key>/target/", signed_in(service_parts.target), name="service-target"),
    path("register/<slug:key>/exemplar/", signed_in(service_parts.exemplar), name="service-exemplar"),
    path("register/<slug:key>/costs/", signed_in(service_parts.costs), name="service-costs"),
    path("register/<slug:key>/journey/", signed_in(service_parts.journey), name="service-journey"),
    path("register/<slug:key>/journey/<int:number>/end/", signed_in(service_parts.end_journey), name="end-journey"),
    path("register/<slug:key>/pages/", signed_in(page_texts.everything), name="service-pages"),
    path("register/<slug:key>/pages/<int:number>/", signed_in(page_texts.word), name="service-page"),
    path("register/<slug:key>/assessments/", signed_in(assessing.everything), name="service-assessments"),
    path("register/<slug:key>/assessments/add/", signed_in(assessing.assess), name="assess-service"),
    path(
        "register/<slug:key>/assessments/<int:assessment_id>/", signed_in(assessing.correct), name="correct-assessment"
    ),
    path("register/<slug:key>/figures/", signed_in(service_figures.service_figures), name="service-figures"),
    path("register/<slug:key>/form/", signed_in(monthly_form.link), name="form-link"),
    path("forms/<int:link_id>/end/", signed_in(monthly_form.end), name="end-form-link"),
    path("measures/", signed_in(measuring.everything), name="measures"),
    path("measures/<slug:strategy>/<int:number>/", signed_in(measuring.measure), name="measure"),
    path("measures/<slug:strategy>/<int:number>/<slug:key>/", signed_in(measuring.measure), name="change-measure"),
    path("publications/", signed_in(figure_publications.everything), name="publications"),
    path("publications/<slug:key>/", signed_in(figure_publications.publication), name="publication"),
    path("publications/<slug:key>/act/", signed_in(figure_publications.act), name="act-on-publication"),
    path("figures/", signed_in(uploading.figures), name="figures"),
    path("figures/template/", signed_in(uploading.template), name="figures-template"),
    path("figures/files/<int:upload_id>/", signed_in(uploading.upload), name="upload"),
    path("figures/files/<int:upload_id>/take/", signed_in(uploading.take), name="take-upload"),
    path("figures/files/<int:upload_id>/errors.csv", signed_in(uploading.errors), name="upload-errors"),
]
