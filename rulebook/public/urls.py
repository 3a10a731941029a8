"""Addresses of the public rule catalogue."""

from django.urls import path

from rulebook.public import views

urlpatterns = [
    path("rules/", views.rule_list, name="public-rulebook-list"),
    path("rules/<str:rule_id>/", views.rule_page, name="public-rulebook-rule"),
]
