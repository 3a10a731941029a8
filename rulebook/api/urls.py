"""The rulebook's door of the API."""

from django.urls import path

from rulebook.api.law import (
    ClausesView,
    DeadlinesView,
    InstrumentsView,
    InstrumentView,
    ParametersView,
    ParameterView,
)
from rulebook.api.views import ChangesView, CorrectionsView, RuleDiffView, RuleHistoryView, RulesView, RuleView

urlpatterns = [
    path("rulebook/rules", RulesView.as_view(), name="api-rulebook-rules"),
    path("rulebook/rules/<str:rule_id>", RuleView.as_view(), name="api-rulebook-rule"),
    path("rulebook/rules/<str:rule_id>/history", RuleHistoryView.as_view(), name="api-rulebook-rule-history"),
    path("rulebook/rules/<str:rule_id>/diff", RuleDiffView.as_view(), name="api-rulebook-rule-diff"),
    path("rulebook/changes", ChangesView.as_view(), name="api-rulebook-changes"),
    path("rulebook/corrections", CorrectionsView.as_view(), name="api-rulebook-corrections"),
    path("rulebook/parameters", ParametersView.as_view(), name="api-rulebook-parameters"),
    path("rulebook/parameters/<str:key>", ParameterView.as_view(), name="api-rulebook-parameter"),
    path("rulebook/instruments", InstrumentsView.as_view(), name="api-rulebook-instruments"),
    path("rulebook/instruments/<str:key>", InstrumentView.as_view(), name="api-rulebook-instrument"),
    path("rulebook/clauses", ClausesView.as_view(), name="api-rulebook-clauses"),
    path("rulebook/deadlines", DeadlinesView.as_view(), name="api-rulebook-deadlines"),
]
