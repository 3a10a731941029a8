"""Addresses below /api/v1/."""

from django.urls import path

from complaints.api import views

urlpatterns = [
    path("complaints", views.ComplaintList.as_view(), name="api-complaints-list"),
    path("complaints/<uuid:public_id>/answers", views.AnswerList.as_view(), name="api-complaints-answers"),
    path("public/complaints", views.PublicComplaintList.as_view(), name="api-complaints-public-list"),
    path("public/complaints/<str:receipt>", views.PublicComplaint.as_view(), name="api-complaints-public-status"),
]
