"""The warning door of the API."""

from django.urls import path

from riskmodels.api.views import WarningsView

urlpatterns = [path("warnings", WarningsView.as_view(), name="api-warnings")]
