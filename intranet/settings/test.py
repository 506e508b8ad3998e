"""For the test run: the embedded default, faster hashing, tasks run where they are called."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="hall-test-"))

from .local import *  # noqa: F403
from .local import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = os.environ.get("TEST_WITH_WORKER") != "1"
CELERY_TASK_EAGER_PROPAGATES = True
AXES_ENABLED = True
NATIONAL_IDS = False
DATABASES["default"]["CONN_MAX_AGE"] = 0
