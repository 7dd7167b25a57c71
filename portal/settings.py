"""The one settings file: everything comes from the environment, safe by default (.env.example lists it all).

PORTAL_DEMO=1 opens the demo-only doors; PORTAL_TEST=1 is set by the tests. Neither is production, and the
deployment check refuses both.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.embedded.postgres import Home
from portal.lib import environment
from portal.lib.secret import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent
PORTAL_TEST = environment.boolean("PORTAL_TEST")
if not PORTAL_TEST and (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")

PORTAL_DEMO = environment.boolean("PORTAL_DEMO")
DEBUG = environment.boolean("PORTAL_DEBUG")
_RELAXED = PORTAL_DEMO or PORTAL_TEST

# Everything that the portal writes itself, where nothing else is configured.
VAR_DIR = Path(environment.text("PORTAL_VAR_DIR") or BASE_DIR / "var").resolve()

SECRET_KEY = environment.text("PORTAL_SECRET_KEY")
if not SECRET_KEY and _RELAXED:
    SECRET_KEY = kept_secret(VAR_DIR / "secret_key")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "PORTAL_SECRET_KEY must be set, to at least 50 random characters. To try: make demo"
    )
SECRET_KEY_FALLBACKS = environment.names("PORTAL_OLD_SECRET_KEYS")

# --- Who we are -------------------------------------------------------------------------------------------

_port = environment.integer("PORT", 8000, minimum=1, maximum=65535)
_public = environment.web_address(
    "PORTAL_PUBLIC_URL",
    f"http://127.0.0.1:{_port}" if _RELAXED else "",
    schemes={"http", "https"} if _RELAXED else {"https"},
)
PORTAL_PUBLIC_URL = f"{_public.scheme}://{_public.netloc}"
# Where the demo's stand-in for HubSpot's API listens; the supervisor chooses the port.
PORTAL_DEMO_CRM_URL = environment.text("PORTAL_DEMO_CRM_URL") if PORTAL_DEMO else ""
PORTAL_VENDOR_NAME = environment.text("PORTAL_VENDOR_NAME", "Meridian Software")
PORTAL_UPLOAD_MAX_MB = environment.integer("PORTAL_UPLOAD_MAX_MB", 20, minimum=1, maximum=200)
# A file of usage: half a million lines are about 30 MB.
PORTAL_USAGE_MAX_MB = environment.integer("PORTAL_USAGE_MAX_MB", 50, minimum=1, maximum=200)
# After so many days the file of an import that has ended is deleted; the import stays listed.
PORTAL_USAGE_FILE_DAYS = environment.integer("PORTAL_USAGE_FILE_DAYS", 30, minimum=1, maximum=3650)
PORTAL_FILES_DIR = Path(environment.text("PORTAL_FILES_DIR") or VAR_DIR / "files").resolve()
# Says that the embedded database is meant, on a small installation of one machine.
PORTAL_ALLOW_EMBEDDED = environment.boolean("PORTAL_ALLOW_EMBEDDED")

ALLOWED_HOSTS = [str(_public.hostname), *environment.names("PORTAL_EXTRA_HOSTS")]
if _RELAXED:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"] if PORTAL_TEST else ["127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [PORTAL_PUBLIC_URL]

# --- The application --------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "accounts",
    "plans",
    "reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "template_partials",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.lib.web.RequestSizeMiddleware",
    "portal.lib.web.PlainQueryMiddleware",
    "portal.lib.web.TextGZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Whose eyes a page of a plan is made for, before anything asks for the person.
    "plans.middleware.ViewAsMiddleware",
    # What a person chose goes before what their browser says.
    "accounts.middleware.PersonMiddleware",
    # Deny by default: a public view says so with login_not_required, and why.
    "portal.lib.web.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.page",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Database, cache, files -------------------------------------------------------------------------------

_database = environment.database("DATABASE_URL")
PORTAL_EMBEDDED_DATABASE = _database is None
if _database is None:
    _database = {
        "ENGINE": "portal.embedded.backend",
        # Processes that a test starts are told the name of its database.
        "NAME": (PORTAL_TEST and environment.text("PORTAL_TEST_DATABASE")) or "portal",
        "EMBEDDED": Home(VAR_DIR / "postgres", testing=PORTAL_TEST),
    }
DATABASES = {"default": {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": {}, **_database}}
# A database that does not answer must not hold up the health page.
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 3)
# Values travel beside the SQL, and what is asked again is not planned again. Behind a pooler, which may give each
# transaction another connection, nothing can be kept on one.
_pooled = environment.boolean("PORTAL_DATABASE_POOLED")
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": None if _pooled else 2}
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = _pooled

# Rate limits and the worker's heartbeat live here, so all processes must see the same cache.
_redis = environment.redis("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}
    if _redis
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}
}

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PORTAL_FILES_DIR, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        # Tests need no collectstatic: they serve the sources.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PORTAL_TEST
        else "portal.lib.staticfiles.BundledManifestStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = PORTAL_TEST

# A webhook of more than a megabyte is refused; uploads are streamed to disk and judged by their form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# A contract of 200 lines, each with ten fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2500
PORTAL_REQUEST_MAX_BYTES = (max(2 * PORTAL_UPLOAD_MAX_MB, PORTAL_USAGE_MAX_MB) + 1) * 1024 * 1024

# --- Mail and jobs ----------------------------------------------------------------------------------------

_mail = environment.mail("EMAIL_URL")
if _mail is None:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
else:
    vars().update(_mail)
EMAIL_TIMEOUT = 20
PORTAL_MAIL_FROM = environment.text("PORTAL_MAIL_FROM") or f"plans@{_public.hostname}"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = PORTAL_MAIL_FROM

# The morning digest: from this hour on where its reader is, and how many mails of these kinds in seven days.
PORTAL_DIGEST_HOUR = environment.integer("PORTAL_DIGEST_HOUR", 8, minimum=5, maximum=11)
PORTAL_MAILS_PER_WEEK = environment.integer("PORTAL_MAILS_PER_WEEK", 5, minimum=1, maximum=20)
# After so many reminders without any answer the next person is told, instead of one more mail.
PORTAL_NUDGES_BEFORE_ESCALATION = environment.integer(
    "PORTAL_NUDGES_BEFORE_ESCALATION", 3, minimum=1, maximum=20
)
# "user:password" with which a mail provider reports what came back; unset, that door is closed.
PORTAL_BOUNCE_SECRET = environment.text("PORTAL_BOUNCE_SECRET")
if PORTAL_BOUNCE_SECRET and not all(PORTAL_BOUNCE_SECRET.partition(":")):
    raise ImproperlyConfigured("PORTAL_BOUNCE_SECRET must be a name, a colon and a password.")

# portal/celery.py turns an unset broker into the one on the file system.
PORTAL_BROKER_URL = environment.broker("CELERY_BROKER_URL")
# Two installations may share a broker under two names.
PORTAL_QUEUE_NAME = environment.text("PORTAL_QUEUE_NAME") or "portal"
if not PORTAL_QUEUE_NAME.replace("-", "").isalnum():
    raise ImproperlyConfigured("PORTAL_QUEUE_NAME must be letters, digits and hyphens.")
PORTAL_QUEUE_DIR = Path(environment.text("PORTAL_QUEUE_DIR") or VAR_DIR / "queue").resolve()

# --- Sign-in ----------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# No password field here means no password anywhere: the sign-in form asks for the address and sends a code.
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_PREVENT_ENUMERATION = True
# An unknown address gets no mail: the page says the same either way.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# The key of a confirmation is one code: three tries each, however many arrive at the same moment.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # Three tries a code: what one address can guess in an hour stays far below one in a thousand.
    "request_login_code": "20/m/ip,100/h/ip,3/m/key,10/h/key",
    "confirm_login_code": "60/m/ip,3/20m/key",
    "edition_check": "30/m/ip",
    # By person and task: who holds a mail's link.
    "answer": "20/h/key,240/h/ip",
    "invite": "60/h/user",
    # What others read or are mailed: comments, tasks, questions; and one task that goes to and fro.
    "write": "30/m/user,300/h/user",
    "hand_over": "300/h/user,10/h/key",
    # Wrong passwords of whoever says that they are the mail provider.
    "bounces": "10/m/ip",
    # By feed; and wrong tokens, by who tries them.
    "usage_feed": "60/m/key",
    "usage_feed_refused": "20/m/ip",
    # What was written in a session that had ended; each may be 20 kB in the database.
    "kept_text": "10/m/ip,60/h/ip",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
# The address of the client, for the rate limits: how many proxies of ours stand in front.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.integer("PORTAL_PROXIES", 0, minimum=0, maximum=5)

# --- Sessions and headers ---------------------------------------------------------------------------------

SESSION_COOKIE_AGE = environment.integer("PORTAL_SESSION_DAYS", 30, minimum=1, maximum=365) * 86400
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = _public.scheme == "https"
# Probes of a load balancer come without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31536000 if _public.scheme == "https" else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _public.scheme == "https"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # The check mark and the clip of our own style sheet are data, not requests.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "portal.lib.logs.DiscreetFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            # Django logs the path of what it refused; that of an outbound message or of a calendar ends with its
            # secret.
            "hidden": r"(?:(?<=/outbound/)|(?<=/calendar/)|(?<=/unsubscribe/)|(?<=/answer/))[^\s?\"']+",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.text("PORTAL_LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # Our PDF pipeline listens to WeasyPrint's progress; the log need not.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
