"""The embedded default: one machine, SQLite, Celery over files, mail as files. Nothing else installed."""

from .base import *  # noqa: F403
from .base import MIDDLEWARE, VAR_DIR, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="local-only-not-a-secret-0123456789-abcdefghijklmnopqrstuvwxyz")
ALLOWED_HOSTS = ["*"]
SEALING_KEYS = env.list("SEALING_KEYS", default=[]) or [SECRET_KEY]

for folder in ("log", "mail", "broker", "uploads", "run", "static"):
    (VAR_DIR / folder).mkdir(parents=True, exist_ok=True)

REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
else:
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
    }
    for folder in ("queue", "control"):
        (VAR_DIR / "broker" / folder).mkdir(exist_ok=True)

if EMAIL_CONFIG["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
    EMAIL_BACKEND = "intranet.reminders.mail.EmlFileBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")

MIDDLEWARE = ["intranet.ui.middleware.ServerTimingMiddleware", *MIDDLEWARE]
SERVER_TIMING = True
UI_GALLERY = True
DEMO_ALLOWED = True
# The demo hall shows how they are kept; a real hall says so itself.
NATIONAL_IDS = env.bool("NATIONAL_IDS", default=True)
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
