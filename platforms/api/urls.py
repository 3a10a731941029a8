"""Addresses below /api/v1/."""

from django.urls import path

from platforms.api.views import calendar, filings, findings, metrics, register, templates

urlpatterns = [
    path("registrations", register.RegistrationView.as_view(), name="api-registrations"),
    path("platforms", register.PlatformsView.as_view(), name="api-platforms-list"),
    path("platforms/<uuid:public_id>", register.PlatformView.as_view(), name="api-platforms-detail"),
    path(
        "platforms/<uuid:public_id>/metric-readings", metrics.MetricReadingsView.as_view(),
        name="api-platforms-metric-readings",
    ),
    path("templates", templates.TemplatesView.as_view(), name="api-templates-list"),
    path("templates/<str:name>", templates.TemplateView.as_view(), name="api-templates-detail"),
    path("templates/<str:name>/sample.csv", templates.SampleView.as_view(), name="api-templates-sample"),
    path("filings", filings.FilingsView.as_view(), name="api-filings-list"),
    path("filings/calendar", calendar.CalendarView.as_view(), name="api-filings-calendar"),
    path("filings/<uuid:public_id>", filings.FilingView.as_view(), name="api-filings-detail"),
    path("filings/<uuid:public_id>/content", filings.ContentView.as_view(), name="api-filings-content"),
    path("filings/<uuid:public_id>/submit", filings.SubmitView.as_view(), name="api-filings-submit"),
    path("filings/<uuid:public_id>/withdraw", filings.WithdrawView.as_view(), name="api-filings-withdraw"),
    path("filings/<uuid:public_id>/receipt", filings.ReceiptView.as_view(), name="api-filings-receipt"),
    path("filings/<uuid:public_id>/findings", findings.FindingsView.as_view(), name="api-filings-findings"),
    path("filings/<uuid:public_id>/findings.csv", findings.FindingsCsvView.as_view(), name="api-filings-findings-csv"),
    path("filings/<uuid:public_id>/rejected.csv", findings.RejectedCsvView.as_view(), name="api-filings-rejected-csv"),
]
