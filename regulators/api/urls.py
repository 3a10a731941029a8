"""The mandate door of the API."""

from django.urls import path

from regulators.api.views import MandatesView

urlpatterns = [path("mandates", MandatesView.as_view(), name="api-mandates")]
