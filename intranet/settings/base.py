"""What every installation shares. Anything a hall may change comes from the environment."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from intranet import clock

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

OWN_PLUGINS = ("training", "evaluations", "welfare", "events", "media")


def chosen_plugins() -> list[str]:
    """The plug-ins to load: those named in PLUGINS, or those of the house that exist.

    A named plug-in that cannot be imported stops the start: a typing error must
    not quietly take a plug-in out.
    """
    named = os.environ.get("PLUGINS")
    if named is None:
        return [name for name in OWN_PLUGINS if (BASE_DIR / name / "apps.py").exists()]
    wanted = [name.strip() for name in named.split(",") if name.strip()]
    for name in wanted:
        if importlib.util.find_spec(name) is None:
            raise ImproperlyConfigured(f"PLUGINS names {name!r}, which cannot be imported")
    return wanted


PLUGINS = chosen_plugins()

INSTALLED_APPS = [
    *PLUGINS,
    "intranet.pages",
    "intranet.figures",
    "intranet.people",
    "intranet.workdays",
    "intranet.papers",
    "intranet.calendars",
    "intranet.reminders",
    "intranet.sheets",
    "intranet.access",
    "intranet.ui",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.admin",
    "wagtail",
    "modelsearch",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_htmx",
    "bootstrap",
    "axes",
    "csp",
    "import_export",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "intranet.ui.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "intranet.access.gates.BrowserGatesMiddleware",
    "intranet.access.ways_back.SignInFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "intranet.access.middleware.ReadableAddressMiddleware",
    "intranet.access.middleware.AuditContextMiddleware",
    "intranet.access.gates.RememberedPhoneMiddleware",
    "intranet.access.middleware.PersonalPagesMiddleware",
    "intranet.access.gates.SignInGatesMiddleware",
    "intranet.access.middleware.EditorsDeskMiddleware",
    "intranet.ui.middleware.WholePageMiddleware",
    "intranet.pages.middleware.UnpluggedPagesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "intranet.access.middleware.ContentSecurityPolicyMiddleware",
    # Last: it answers the refused attempt itself.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "intranet.urls"
WSGI_APPLICATION = "intranet.wsgi.application"
FORM_RENDERER = "intranet.ui.forms.HallFormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "intranet.ui.context_processors.hall",
            ]
        },
    }
]

# Database: SQLite in one file by default; a URL for PostgreSQL.

# Room for the feeds of a whole hall: Django's 300 entries would throw one phone's out for the next one's.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}},
}
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'hall.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 600
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # WAL itself is switched on once, by `manage.py prepare`: at first connection it races.
        "init_command": "PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People and sessions

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "intranet.access.backends.HallBackend",
    "intranet.access.backends.SlipBackend",
]
LOGIN_URL = "access:sign_in"
LOGIN_REDIRECT_URL = "pages:desk"
LOGOUT_REDIRECT_URL = "access:sign_in"
WAGTAILADMIN_LOGIN_URL = "access:sign_in"
WAGTAIL_FRONTEND_LOGIN_URL = "/sign-in/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# How many own proxies stand before the application; each adds one entry to X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
PHONE_REMEMBERED_FOR = dt.timedelta(days=30)
SLIP_GOOD_FOR = dt.timedelta(days=env.int("SLIP_DAYS", default=30))
# True in production: whoever holds a role with officer rights sets up a second factor before anything else opens.
OFFICERS_NEED_TWO_FACTORS = env.bool("OFFICERS_NEED_TWO_FACTORS", default=False)
AXES_HANDLER = "intranet.access.lock.HallLock"
AXES_FAILURE_LIMIT = 10  # wrong tries from one address
ACCOUNT_FAILURE_LIMIT = 100  # from all addresses together
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "intranet.access.sign_in.locked_out"
AXES_USERNAME_CALLABLE = "intranet.access.sign_in.counted_name"
AXES_CLIENT_IP_CALLABLE = "intranet.access.sign_in.client_address"
# What axes notes of a wrong try; a code with one wrong letter is nearly the right one.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "secret", "again"]
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Language, time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "django_language"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
WAGTAIL_I18N_ENABLED = False
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", _("Simplified Chinese"))]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "intranet" / "locale"]

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "uploads"
# Not a public folder: `intranet.access` answers this address and checks who asks.
MEDIA_URL = "/files/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
# An internal address of nginx ("/protected/") that serves MEDIA_ROOT; empty: the application streams.
PRIVATE_FILES_ACCEL = env("PRIVATE_FILES_ACCEL", default="")

# Wagtail

WAGTAIL_SITE_NAME = "暖家"
WAGTAILADMIN_BASE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# What a hall hands round; nothing that a browser or a computer would run.
WAGTAILDOCS_EXTENSIONS = [
    *("doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "dps", "ofd", "pdf", "csv", "txt", "rtf"),
    *("jpg", "jpeg", "png", "zip"),
]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False
MODELSEARCH_BACKENDS = {"default": {"BACKEND": "intranet.pages.search_backend"}}

# Mail

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default="暖家 <nuanjia@hall.test>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 45  # seconds for each step of talking to the mail server

# Celery: one beat entry, which wakes `tick`; JSON only.

CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# One Redis may serve several halls: none may take, and lose, another's messages. A hall is its database.
HALL_KEY = hashlib.sha256(str(DATABASES["default"]["NAME"]).encode()).hexdigest()[:12]
CELERY_TASK_DEFAULT_QUEUE = f"hall-{HALL_KEY}"
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "intranet.reminders.pulse:PulsingScheduler"
CELERY_BEAT_SCHEDULE = {"tick": {"task": "reminders.tick", "schedule": 60.0, "options": {"expires": 55}}}

# Content security: nothing from outside the hall, no inline script. Wagtail's own
# editor needs inline scripts, so `/admin/` gets its own, looser policy.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Wagtail lifts this by itself for its previews.
X_FRAME_OPTIONS = "DENY"

# The house

CLOCK_START = clock.parse(os.environ["CLOCK"]) if os.environ.get("CLOCK") else None
HALL_NAME = env("HALL_NAME", default="禾湾区政务服务中心")
# Where objections to a public notice are heard; shown on every notice.
OBJECTIONS_PLACE = env("OBJECTIONS_PLACE", default="工会办公室（三楼 306 室）")
OBJECTIONS_PHONE = env("OBJECTIONS_PHONE", default="0000-8800306")
OBJECTIONS_ADDRESS = env("OBJECTIONS_ADDRESS", default=f"{HALL_NAME}工会委员会")
# Who is born on 29 February celebrates on 28 February of an ordinary year, or with true on 1 March.
LEAP_DAY_BIRTHDAY_IN_MARCH = env.bool("LEAP_DAY_BIRTHDAY_IN_MARCH", default=False)
# Whether the register keeps identity numbers (sealed). Without a need for them a hall must not keep them.
NATIONAL_IDS = env.bool("NATIONAL_IDS", default=False)
# Hosts that robots may also write to: a webhook in the hall's own network, a WeCom or DingTalk run by the hall
# ("robots.hall.internal", "10.1.2.3:8443"). All others must be public and answer on port 443.
ROBOT_HOSTS = env.list("ROBOT_HOSTS", default=[])
# Certificates of such hosts, if they are signed by an authority of the hall's own (a PEM file).
ROBOT_CA_FILE = env("ROBOT_CA_FILE", default="")
# The class that hands text messages over, e.g. "intranet.reminders.sms.FileSmsBackend"; empty: there are none.
SMS_BACKEND = env("SMS_BACKEND", default="")
SERVER_TIMING = False
UI_GALLERY = False
DEMO_ALLOWED = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "intranet.calendars.masking.MaskingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django's own handlers would write addresses, and with them feed tokens, past the formatter above.
    # Wagtail, its tasks and axes tell every step they take; a newcomer's first page of output is not the place.
    "loggers": {name: {"handlers": [], "propagate": True} for name in ("django", "django.server")}
    | {name: {"level": "WARNING"} for name in ("wagtail", "django_tasks", "axes")},
}
