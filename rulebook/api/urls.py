"""The rulebook's door of the API."""

from django.urls import path

from rulebook.api.views import ParametersView, RulesView, RuleView

urlpatterns = [
    path("rulebook/rules", RulesView.as_view(), name="api-rulebook-rules"),
    path("rulebook/rules/<str:rule_id>", RuleView.as_view(), name="api-rulebook-rule"),
    path("rulebook/parameters", ParametersView.as_view(), name="api-rulebook-parameters"),
]
