"""The members' page."""

from django.urls import path

from selfdiscipline.public.views import members_page

urlpatterns = [path("members/", members_page, name="public-selfdiscipline-members")]
