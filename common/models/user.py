"""The account of a person who works in the admin."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A login. What the person may do follows from the officer record that points here, never from this row."""

    language = models.CharField(_("Language"), max_length=10, default="zh-hans")

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
