"""Addresses of the public rule catalogue."""

from django.urls import path

from rulebook.public import instruments, views

urlpatterns = [
    path("rules/", views.rule_list, name="public-rulebook-list"),
    path("rules/instruments/", instruments.instrument_list, name="public-rulebook-instruments"),
    path("rules/instruments/<str:key>/", instruments.instrument_page, name="public-rulebook-instrument"),
    path("rules/<str:rule_id>/", views.rule_page, name="public-rulebook-rule"),
]
