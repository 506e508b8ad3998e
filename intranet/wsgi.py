import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.local")
application = get_wsgi_application()

from intranet.socket import collect_all  # noqa: E402  (the apps must be ready)

# System checks do not run under gunicorn: a clash of keys must still stop the start.
collect_all()
