"""Address of the public map of supervision."""

from django.urls import path

from regulators.public import views

urlpatterns = [path("supervision/", views.coverage_page, name="public-supervision")]
