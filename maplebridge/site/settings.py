"""Django's settings, derived from `config`. Nothing here differs between a laptop and production but the config."""

import gc
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from maplebridge.site import config as _config

gc.set_threshold(20_000, 20, 20)  # from 700, 10, 10: 220,000 objects are loaded that stay, and were gone over often

CONFIG = _config.load()
HOME: Path = CONFIG.home
PACKAGE = Path(__file__).resolve().parent

SECRET_KEY = _config.secret_of(CONFIG)
DEBUG = CONFIG.debug
ALLOWED_HOSTS = [host.strip() for host in CONFIG.hosts.split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [CONFIG.origin] if CONFIG.origin else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # for the pages of the sign-in library
    "django.contrib.staticfiles",
    "ninja",
    "maplebridge.journal",
    "maplebridge.people",
    "maplebridge.places",
    "maplebridge.positions",
    "maplebridge.fieldwork",
    "maplebridge.incidents",
    "maplebridge.property",
    "maplebridge.dispatch",
    "maplebridge.live",
    "maplebridge.deployment",
    "maplebridge.site",
    "allauth",  # after ours, whose templates stand in for some of theirs
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
]

MIDDLEWARE = [
    "maplebridge.site.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "maplebridge.site.middleware.CityTime",
    "maplebridge.site.middleware.RefusalPages",
]

ROOT_URLCONF = "maplebridge.site.urls"
WSGI_APPLICATION = "maplebridge.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "maplebridge.site.pages.site_context",
            ],
        },
    },
]

DATABASES = {"default": _config.database_of(CONFIG)}
CACHES = {  # files, so that the counts of all server processes come together
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "cache",
        "TIMEOUT": 3600,  # also of what `incr` counts
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
TRUSTED_PROXIES = CONFIG.proxies
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "maplebridge.people.passwords.ContextWordsValidator", "OPTIONS": {"words": _config.words_of_the_place}},
    {"NAME": "maplebridge.people.passwords.BreachedPasswordValidator", "OPTIONS": {"file": CONFIG.breached_passwords}},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "maplebridge.site.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up: accounts are enrolled
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/h/ip,10/5m/key", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "maplebridge.site.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Maplebridge"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s: a code typed as it changes, a phone whose clock is a little off (RFC 6238, 5.2)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.secure  # on 127.0.0.1, for a trial
SOCIALACCOUNT_ADAPTER = "maplebridge.site.adapters.DirectoryAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": _config.directory_of(CONFIG), "OAUTH_PKCE_ENABLED": True}}

AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"  # counts only, in no table: no list of who tried from where
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # a whole station may share an address
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=5)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "maplebridge.kernel.address.client_address"
AXES_LOCKOUT_CALLABLE = "maplebridge.site.entrance_pages.locked_out"
AXES_VERBOSE = False

LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [PACKAGE.parent / "kernel" / "locale"]  # the one package with words that is no app
TIME_ZONE = CONFIG.time_zone
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [PACKAGE / "assets"]
STORAGES = {
    "default": {"BACKEND": "maplebridge.kernel.storage.DurableFiles"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = HOME / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

SESSION_COOKIE_AGE = 12 * 3600  # a shift; from the sign-in on, whatever is done meanwhile
SESSION_COOKIE_NAME = "__Host-sessionid" if CONFIG.secure else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if CONFIG.secure else "csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.secure else None
SECURE_SSL_REDIRECT = SECURE_HSTS_INCLUDE_SUBDOMAINS = CONFIG.secure
SECURE_REDIRECT_EXEMPT = [r"^api/"]  # a program is told so instead: its token has crossed the net in clear already
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.secure else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # whether browsers preload the name is for whoever owns it to decide
    "axes.W001",  # our cache of files is shared by all processes; whoever races it wins a try or two, no more
]
