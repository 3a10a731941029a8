"""Everyone's tree: /."""

from django.urls import include, path

from config.urls.modules import present

urlpatterns = [
    *[path("", include(module)) for module in present("common.site", door="public_urls")],
    *[
        path("", include(module))
        for module in present(
            "complaints", "platforms", "rulebook", "regulators", "selfdiscipline", "riskmodels", door="public.urls"
        )
    ],
]
