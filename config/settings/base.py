"""Settings every environment shares. Secrets and addresses come from the environment, never from here."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config.environment import database_from_url, secret
from rulebook.home import home

BASE_DIR = Path(__file__).resolve().parent.parent.parent
RUN_DIR = Path(os.environ.get("LIANXI_DATA_DIR") or os.environ.get("LIANXI_RUN_DIR") or BASE_DIR / ".run")

SECRET_KEY = secret("LIANXI_SECRET_KEY")
VAULT_KEK = secret("LIANXI_SECRET_VAULT_KEK")
BLIND_INDEX_KEY = secret("LIANXI_SECRET_INDEX")
SIGNING_SEED = secret("LIANXI_SECRET_SIGNING")

DEBUG = False
ALLOWED_HOSTS: list[str] = ["127.0.0.1", "localhost", "[::1]"]
BASE_URL = os.environ.get("LIANXI_BASE_URL", "http://127.0.0.1:8000")
DEMO = os.environ.get("LIANXI_DEMO") == "1"

AUTH_USER_MODEL = "common.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# An app joins as soon as it has an apps.py; the order is the order of the layers, lowest first.
_LAYERS = (
    "common", "common.site", "rulebook", "regulators", "platforms", "selfdiscipline", "complaints", "riskmodels",
    "cases",
)
_LEFT_OUT = os.environ.get("LIANXI_WITHOUT_APPS", "").split(",")
OUR_APPS = [
    name for name in _LAYERS
    if (BASE_DIR / name.replace(".", "/") / "apps.py").exists() and name not in _LEFT_OUT
]
INSTALLED_APPS = [
    *reversed(OUR_APPS),
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "guardian",
    "axes",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_celery_beat",
    "config.apps.ConfigApp",
]

MIDDLEWARE = [
    "common.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.PrincipalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls.root"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ]
        },
    }
]

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", ""))}
if os.environ.get("LIANXI_AS_OWNER") == "1":  # migrations run as the owning role
    DATABASES = {"default": database_from_url(os.environ.get("LIANXI_OWNER_DATABASE_URL", ""))}
MIGRATION_LOCK_TIMEOUT_MS = 4000

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: no anonymous row, public visitors are no users
GUARDIAN_RAISE_403 = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "config.accounts.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Lianxi"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = home().zone

STATIC_URL = "/static/"
STATIC_ROOT = RUN_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": RUN_DIR / "media"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = RUN_DIR / "media"

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
_HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # Alpine in the admin theme evaluates expressions; the public pages carry no script at all.
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["common.api.permissions.DenyAll"],
    "DEFAULT_PARSER_CLASSES": ["common.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["common.api.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "common.api.problems.exception_handler",
    "DEFAULT_PAGINATION_CLASS": "common.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lianxi API",
    "DESCRIPTION": "Filing, registration, complaints and the rule book. Errors follow RFC 9457, signatures RFC 9421.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": [],  # enums stay where they are used: no invented names that collide
}
API_MAX_BODY_BYTES = 1 << 20
UPLOAD_MAX_BYTES = int(os.environ.get("LIANXI_UPLOAD_MAX_BYTES", str(2 << 30)))
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 << 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20

CELERY_BROKER_URL = os.environ.get("LIANXI_BROKER_URL", "memory://")
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
if CELERY_BROKER_URL.startswith("redis+socket://"):
    _cache_url = "unix://" + CELERY_BROKER_URL.removeprefix("redis+socket://").split("?")[0] + "?db=1"
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache_url}}
elif CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CELERY_BROKER_URL}}
LAKE_ROOT = os.environ.get("LIANXI_LAKE", str(RUN_DIR / "lake"))
SHARED_DATA = Path(os.environ.get("LIANXI_SHARED_DATA", BASE_DIR.parent / "shared" / "data"))
CLOCK_PINNABLE = DEMO

from config.admin_theme import EMPTY_LISTS, UNFOLD  # noqa: E402, F401
