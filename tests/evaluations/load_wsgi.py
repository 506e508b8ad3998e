"""The site as gunicorn serves it under load, with connections kept open as in production.

GUARD_OFF names a guard to take away, for the control: here, because nothing in the site itself can do that.
"""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "intranet.settings.test"

from django.conf import settings

settings.DATABASES["default"]["CONN_MAX_AGE"] = 600

from intranet.wsgi import application  # noqa: E402  (the settings must be as above first)
from tests.evaluations.voters import guards_off  # noqa: E402

for patch in guards_off(os.environ.get("GUARD_OFF", "")):
    patch.start()

__all__ = ["application"]
