"""Addresses that Django answers. Published pages are files and are answered before Django is asked."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
