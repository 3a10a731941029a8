"""The platforms' and banks' tree: /api/v1/."""

from django.urls import include, path

from config.urls.modules import present

urlpatterns = [
    path("", include(module))
    for module in present("platforms", "complaints", "rulebook", "regulators", "riskmodels", door="api.urls")
]
