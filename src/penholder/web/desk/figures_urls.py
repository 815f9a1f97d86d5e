"""Addresses of services and their figures at the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from penholder.web.desk import register, service_figures, uploading
from penholder.web.desk.access import signed_in

urlpatterns: list[URLPattern] = [
    path("", signed_in(register.services), name="services"),
    path("add/", signed_in(register.add), name="add-service"),
    path("register/<slug:key>/", signed_in(register.service), name="service"),
    path("register/<slug:key>/change/", signed_in(register.change), name="change-service"),
    path("register/<slug:key>/channel/", signed_in(register.way), name="service-channel"),
    path("register/<slug:key>/follow/", signed_in(register.follow), name="service-follow"),
    path("register/<slug:key>/figures/", signed_in(service_figures.service_figures), name="service-figures"),
    path("figures/", signed_in(uploading.figures), name="figures"),
    path("figures/template/", signed_in(uploading.template), name="figures-template"),
    path("figures/files/<int:upload_id>/", signed_in(uploading.upload), name="upload"),
    path("figures/files/<int:upload_id>/take/", signed_in(uploading.take), name="take-upload"),
    path("figures/files/<int:upload_id>/errors.csv", signed_in(uploading.errors), name="upload-errors"),
]
