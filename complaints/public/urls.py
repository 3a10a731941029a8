"""Addresses of the public pages."""

from django.urls import path

from complaints.public import views

urlpatterns = [
    path("complaints/", views.start, name="public-complaints-start"),
    path("complaints/new/", views.new, name="public-complaints-new"),
    path("complaints/draft/", views.draft, name="public-complaints-draft"),
    path("complaints/status/", views.status, name="public-complaints-status"),
    path("complaints/withdraw/", views.withdraw, name="public-complaints-withdraw"),
    path("complaints/supplement/", views.supplement, name="public-complaints-supplement"),
    path("complaints/lost/", views.lost, name="public-complaints-lost"),
]
