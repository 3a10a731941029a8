"""The officers' tree: /admin/ and the login with second factor. No sign-up, no password mail."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/signup/", RedirectView.as_view(url="/accounts/login/"), name="account_signup"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
]
