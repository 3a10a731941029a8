"""Addresses of the public shell: the home page and the language switch."""

from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from common.site import views

urlpatterns = [
    path("", views.home, name="public-home"),
    path("language/", require_POST(set_language), name="public-language"),
    path("i18n/setlang/", require_POST(set_language), name="set_language"),  # the name the admin theme looks for
]
