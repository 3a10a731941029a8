"""Pages of the shell itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Show what this site is for and where to go next."""
    return render(request, "site/home.html")
