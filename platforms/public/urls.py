"""Public pages of the register."""

from django.urls import path

from platforms.public import views

urlpatterns = [
    path("platforms/", views.platform_list, name="public-platforms-list"),
    path("platforms/<uuid:public_id>/", views.platform_page, name="public-platforms-detail"),
]
