"""The mandate door of the API."""

from django.urls import path

from regulators.api.views import CoverageView, MandatesView

urlpatterns = [
    path("mandates", MandatesView.as_view(), name="api-mandates"),
    path("coverage", CoverageView.as_view(), name="api-coverage"),
]
