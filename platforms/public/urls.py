"""Public pages of the register."""

from django.urls import path

from platforms.public import filing, views

urlpatterns = [
    path("platforms/", views.platform_list, name="public-platforms-list"),
    path("filing/", filing.filing_home, name="public-filing-home"),
    path("filing/calendar/", filing.filing_calendar_page, name="public-filing-calendar"),
    path("filing/templates/<slug:name>/", filing.filing_template, name="public-filing-template"),
    path("platforms/<uuid:public_id>/", views.platform_page, name="public-platforms-detail"),
]
