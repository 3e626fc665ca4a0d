"""Django's settings, all from environment.py, and the wiring between packages that do not import each other."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from misthoorn.config import environment as env

try:
    HOME = Path(env.text("HOME")).resolve()
    HOME.mkdir(parents=True, exist_ok=True, mode=0o750)
    DATABASES = {"default": env.database(os.environ, home=str(HOME))}
    STORE = env.text("STORE")
    RELAY = env.relay()
    SIGN = env.signing(home=HOME)
    HTTPS = env.switch("HTTPS")
    DEBUG = env.switch("DEBUG")
    PROXY = env.switch("PROXY")
    REACH_LIMIT = env.whole("REACH_LIMIT", least=1)
    ROUTING_FROM = env.routing_from()
    FRESH_DAYS = env.whole("FRESH_DAYS", least=1)
    RECENT_DAYS = env.whole("RECENT_DAYS", least=1)
    DEADLINE = env.seconds("DEADLINE")
    LEASE = env.seconds("LEASE")
    RATE = env.whole("RATE")
    KEEP = {
        kind.lower(): env.whole(f"KEEP_{kind}", least=1)
        for kind in ("RECEIVED", "EVENTS", "REFUSED", "FINDINGS", "MESSAGES", "REPLIES", "AUDIT")
    }
    FETCH_INSIDE = env.inside()
    WEBHOOK_INSIDE = env.inside(name="WEBHOOK_INSIDE")
    WEBHOOK_SECONDS = env.seconds("WEBHOOK_SECONDS")
    FETCH_PARALLEL = env.whole("FETCH_PARALLEL", least=1)
    FETCH_SILENCE, FETCH_DEADLINE = env.seconds("FETCH_SILENCE"), env.seconds("FETCH_DEADLINE")
    FETCH_BYTES = env.whole("FETCH_MEGABYTES", least=1) << 20
    FETCH_TRIES, FETCH_PAUSE = env.whole("FETCH_TRIES", least=1), env.seconds("FETCH_PAUSE")
    LOOKUP_PAUSE, LOOKUP_BUDGET = env.seconds("LOOKUP_PAUSE"), env.whole("LOOKUP_BUDGET")
    PUSH_BYTES, PUSH_RATE = env.whole("PUSH_MEGABYTES", least=1) << 20, env.whole("PUSH_RATE", least=1)
    if LEASE < 2 * DEADLINE:
        raise env.SettingError(  # noqa: TRY301  all settings fail in one place
            f"MISTHOORN_LEASE is {LEASE:g} s and MISTHOORN_DEADLINE {DEADLINE:g} s. A lease shorter than twice the "
            "deadline sends mails twice: make the lease longer."
        )
except env.SettingError as error:
    raise ImproperlyConfigured(str(error)) from error
except OSError as error:
    raise ImproperlyConfigured(
        f"The folder of MISTHOORN_HOME can't be made or used ({error}). Choose a folder that this user may write in."
    ) from error


def _secret_key() -> str:
    """The signing key: read from its file, made the first time. Two processes that start at once agree on one."""
    path = Path(env.text("SECRET_KEY_FILE") or HOME / "secret_key")
    if not path.exists():
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.touch(mode=0o600)
        beside.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [host.strip() for host in env.text("HOSTS").split(",") if host.strip()]
INTERNAL_TEAM = env.text("TEAM")
TEAM = {
    "name": env.text("TEAM_NAME"),
    "address": env.text("TEAM_ADDRESS"),
    "phone": env.text("TEAM_PHONE"),
    "mail": env.text("TEAM_MAIL"),
    "site": env.text("SITE"),
    "ground": {"nl": env.text("GROUND_NL"), "en": env.text("GROUND_EN")},
}

RETURN_PATH = env.text("RETURN_PATH")
MAILBOX = env.mailbox()

# Wiring: who answers a lower layer's question. Lower packages read these names; only this file knows both sides.
STILL_TRUE = "misthoorn.triage.queries.still_true"
LABEL_NOW = "misthoorn.triage.queries.label_now"
GO_ON = "misthoorn.triage.queries.all_go_on"
ON_ACCEPTED = "misthoorn.triage.services.queue_match"
ON_LIFTS = "misthoorn.triage.services.take_lifts"
ON_ALIASES = "misthoorn.triage.services.hear_aliases"
ON_RENAMED = "misthoorn.triage.services.rename_subjects"
WORK = [
    "misthoorn.intake.work.step",
    "misthoorn.intake.fetches.step",
    "misthoorn.triage.work.step",
    "misthoorn.triage.follow_up.work.step",
    "misthoorn.triage.broadcast_work.step",
    "misthoorn.triage.bundle_work.step",
    "misthoorn.notification.retrieval.work.step",
    "misthoorn.triage.digest_work.step",
    "misthoorn.notification.incoming.work.step",
    "misthoorn.notification.work.step",
    "misthoorn.constituency.lookups.work.step",
    "misthoorn.notification.letters_and_calls.work.step",
    "misthoorn.insight.work.step",
    "misthoorn.insight.trial_work.step",
]

INSTALLED_APPS = [
    "misthoorn.accounts",
    "misthoorn.constituency",
    "misthoorn.intake",
    "misthoorn.notification",
    "misthoorn.triage",
    "misthoorn.insight",
    "misthoorn.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "misthoorn.config.urls"
WSGI_APPLICATION = "misthoorn.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "misthoorn.web.context.site",
            ],
        },
    },
]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # so that nobody flushes the rate limits with other entries
    },
}

# Sign-in: by user name, with a second factor, and nobody signs up by himself.
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
ACCOUNT_ADAPTER = "misthoorn.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]  # a passkey needs JavaScript, of which the site has none
MFA_TOTP_ISSUER = TEAM["name"]
MFA_TOTP_TOLERANCE = 1  # RFC 6238, 5.2: one step, for a clock that is off or a code that was typed slowly
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Browsers
SECURE_SSL_REDIRECT = False  # the proxy redirects; health checks speak plain http
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "misthoorn.web.site.errors.form_expired"
if PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],  # data: the square of a TOTP secret, which never leaves the page
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}

# Languages and time
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# Files. Stylesheets and fonts of others come from node_modules by lock file, and lie in no repository of ours.
# They lie beside the source, wherever the command is said from; an installed program finds them where it is started.
_BESIDE = Path(__file__).parents[3] / "node_modules"
_MODULES = _BESIDE if _BESIDE.is_dir() else Path.cwd() / "node_modules"
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [
    (prefix, _MODULES / folder)
    for prefix, folder in (
        ("vendor/utrecht", "@utrecht/component-library-css/dist"),
        ("vendor/fonts-next", "@fontsource/atkinson-hyperlegible-next/files"),
        ("vendor/fonts-mono", "@fontsource/atkinson-hyperlegible-mono/files"),
    )
    if (_MODULES / folder).is_dir()
]
STATIC_ROOT.mkdir(exist_ok=True)
# Fonts of letters: the house's own, and one with the signs that it lacks.
FONTS = [
    _MODULES / folder
    for folder in (
        "@expo-google-fonts/atkinson-hyperlegible-next/400Regular",
        "@expo-google-fonts/atkinson-hyperlegible-next/700Bold",
        "@expo-google-fonts/atkinson-hyperlegible-mono/400Regular",
        "@expo-google-fonts/atkinson-hyperlegible-mono/700Bold",
        "dejavu-fonts-ttf/ttf",
    )
]
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "misthoorn").is_dir()  # until `collectstatic` was run
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o640

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL").upper()},
    "loggers": {"django.server": {"level": "WARNING"}, "httpx": {"level": "WARNING"}},  # no addresses that were asked
}
