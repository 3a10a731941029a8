"""The web process. Without DJANGO_SETTINGS_MODULE it is a production one, which refuses to run without its secrets."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")
application = get_wsgi_application()
