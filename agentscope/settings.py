"""Every setting, in one file. `docs/settings.md` explains each; a test compares the two.

Without DATABASE_URL this process belongs to an embedded installation: the supervisor wrote where
its servers listen to `AGENTSCOPE_DATA/environment`, and we read it there.
"""

from datetime import timedelta
from pathlib import Path

from agentscope.environment import (
    database,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_networks,
    env_secret,
    env_text,
    https_origins,
    load_embedded_environment,
    mail,
    public_url,
)

BASE_DIR = Path(__file__).resolve().parent.parent
AGENTSCOPE_DATA = Path(env_text("AGENTSCOPE_DATA", str(BASE_DIR / "var")))
load_embedded_environment(AGENTSCOPE_DATA)

AGENTSCOPE_EMBEDDED = env_bool("AGENTSCOPE_EMBEDDED", default=False)
AGENTSCOPE_HTTP_PORT = env_int("AGENTSCOPE_HTTP_PORT", 4318, most=65535)
AGENTSCOPE_GRPC_HOST = env_text("AGENTSCOPE_GRPC_HOST", "127.0.0.1")
AGENTSCOPE_GRPC_PORT = env_int("AGENTSCOPE_GRPC_PORT", 4317, most=65535)
AGENTSCOPE_RETENTION_DAYS = env_int("AGENTSCOPE_RETENTION_DAYS", 30, most=36_500)  # 0: for ever
AGENTSCOPE_MAX_REQUEST_BYTES = env_int(
    "AGENTSCOPE_MAX_REQUEST_BYTES", 64 << 20, least=1, most=512 << 20
)
# Of the disk of an embedded installation; with less, nothing more is taken. 0: whatever happens
AGENTSCOPE_MIN_FREE_BYTES = env_int("AGENTSCOPE_MIN_FREE_BYTES", 1 << 30, most=1 << 60)
AGENTSCOPE_CORS_ORIGINS = env_list("AGENTSCOPE_CORS_ORIGINS", [])
AGENTSCOPE_IDLE_AFTER = timedelta(
    seconds=env_int("AGENTSCOPE_IDLE_SECONDS", 300, most=366 * 86_400)
)

SECRET_KEY = env_secret("AGENTSCOPE_SECRET_KEY", "")
SECRET_KEY_FALLBACKS = env_secret("AGENTSCOPE_SECRET_KEY_FALLBACKS", "").replace(",", " ").split()
DEBUG = False
ALLOWED_HOSTS = env_list("AGENTSCOPE_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
DATABASES = {"default": database(env_secret("DATABASE_URL", ""))}
ROOT_URLCONF = "agentscope.urls"
WSGI_APPLICATION = "agentscope.wsgi.application"
AUTH_USER_MODEL = "projects.User"
AUTH_PASSWORD_VALIDATORS = [  # asked by createsuperuser and changepassword
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in ("MinimumLength", "CommonPassword", "UserAttributeSimilarity")
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 << 20  # forms; OTLP bodies are read by ingest/limits.py

INSTALLED_APPS = [
    "agentscope.projects",
    "agentscope.inbox",
    "agentscope.redaction",
    "agentscope.retention",
    "agentscope.storage",
    "agentscope.traces",
    "agentscope.jobs",
    "agentscope.prices",
    "agentscope.billing",
    "agentscope.costs",
    "agentscope.ledger",
    "agentscope.meter",
    "agentscope.sessions",
    "agentscope.agents",
    "agentscope.findings",
    "agentscope.records",
    "agentscope.search",
    "agentscope.channels",
    "agentscope.accounts",
    "agentscope.alerts",
    "agentscope.routing",
    "agentscope.budgets",
    "agentscope.reviews",
    "agentscope.packs",
    "agentscope.erasure",
    "ingest",
    "ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "agentscope.api.middleware.health_first",
    "agentscope.api.middleware.api_answers",
    "ingest.middleware.otlp_answers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ui.csp.ContentSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "agentscope.accounts.middleware.Logins",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ui.installation.of_installation",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(env_text("AGENTSCOPE_STATIC_ROOT", str(AGENTSCOPE_DATA / "static")))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env_bool("AGENTSCOPE_HTTPS", default=False)
# A proxy speaks HTTPS for us: without these, our own pages would look like those of other sites.
if SESSION_COOKIE_SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = https_origins(ALLOWED_HOSTS)
AGENTSCOPE_PUBLIC_URL = env_text("AGENTSCOPE_PUBLIC_URL", "").rstrip("/") or public_url(
    ALLOWED_HOSTS,
    is_https=SESSION_COOKIE_SECURE,
    port=AGENTSCOPE_HTTP_PORT if AGENTSCOPE_EMBEDDED else None,
)
# How people log in: docs/login.md
AGENTSCOPE_REQUIRE_TOTP = env_bool("AGENTSCOPE_REQUIRE_TOTP", default=False)
AGENTSCOPE_TRUSTED_PROXIES = env_networks("AGENTSCOPE_TRUSTED_PROXIES")
AGENTSCOPE_OIDC_ISSUER = env_text("AGENTSCOPE_OIDC_ISSUER", "")
AGENTSCOPE_OIDC_CLIENT_ID = env_text("AGENTSCOPE_OIDC_CLIENT_ID", "")
AGENTSCOPE_OIDC_CLIENT_SECRET = env_secret("AGENTSCOPE_OIDC_CLIENT_SECRET", "")
AGENTSCOPE_OIDC_NAME = env_text("AGENTSCOPE_OIDC_NAME", "single sign-on")
AGENTSCOPE_OIDC_SCOPES = env_list("AGENTSCOPE_OIDC_SCOPES", ["openid", "email", "profile"])
AGENTSCOPE_OIDC_DOMAINS = env_list("AGENTSCOPE_OIDC_DOMAINS", [])
AGENTSCOPE_OIDC_GROUPS = env_list("AGENTSCOPE_OIDC_GROUPS", [])
AGENTSCOPE_OIDC_GROUPS_CLAIM = env_text("AGENTSCOPE_OIDC_GROUPS_CLAIM", "groups")
AGENTSCOPE_OIDC_PROJECT = env_text("AGENTSCOPE_OIDC_PROJECT", "")
AGENTSCOPE_OIDC_ROLE = env_choice(
    "AGENTSCOPE_OIDC_ROLE", "VIEWER", ("ADMIN", "OPERATOR", "AUDITOR", "VIEWER", "INGEST-ONLY")
).lower()
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_AUTHENTICATION_CLASSES": ["agentscope.api.access.ProjectAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "EXCEPTION_HANDLER": "agentscope.api.errors.answer_error",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter of ours
}
SPECTACULAR_SETTINGS = {
    "ENUM_NAME_OVERRIDES": {
        "TraceStateEnum": "agentscope.traces.models.Trace.State",
        "SessionStateEnum": "agentscope.sessions.course.STATES",
        "FindingStateEnum": "agentscope.findings.decisions.STATES",
        "ReviewVerdictEnum": "agentscope.reviews.models.SAYINGS",
        "ErasureOfEnum": "agentscope.erasure.models.Erasure.Of",
        "ErasureStateEnum": "agentscope.api.retention_shapes.ERASURE_STATES",
        "MayEnum": "agentscope.api.decide_shapes.DECISIONS",
        "DecisionEnum": "agentscope.findings.models.Cause.Decision",
        "PriceUnitEnum": "agentscope.api.prices.UNITS",
        "BudgetUnitEnum": "agentscope.api.decide_shapes.UNITS",
        "AlertStateEnum": "agentscope.api.alerts_shapes.STATES",
        "DeliveryStateEnum": "agentscope.api.channels_shapes.STATES",
        "ChannelKindEnum": "agentscope.api.channels_shapes.CODES",
        "StoppableEnum": "agentscope.budgets.write.STOPPABLE",
        "ScopeEnum": "agentscope.projects.models.Key.Scope",
        "RoleEnum": "agentscope.api.members_shapes.ROLES",
        "KeyStateEnum": "agentscope.projects.keys.STATES",
        "KindEnum": "agentscope.api.shapes.KINDS",
        "AlertUnitEnum": "agentscope.api.alerts_shapes.UNITS",
        "CircuitStateEnum": "agentscope.findings.circuits.STATES",
    },
    "TITLE": "AgentScope",
    "DESCRIPTION": "What multi-agent systems did, what it cost, and whether they may go on.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",  # what groups the addresses comes after it
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],  # the schema is no secret, and it is the same for everybody
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# What understands stored spans again, as the core knows no dialect: docs/adr/0012-understanding.md
AGENTSCOPE_UNDERSTANDING = "ingest.again.understand_stored"
# What redacts requests that wait, likewise
AGENTSCOPE_REDACTING = "ingest.waiting.redacted"

# Where messages of channels may go, and the server that sends mail: docs/adr/0024-channels.md
AGENTSCOPE_ALLOWED_NETWORKS = env_networks("AGENTSCOPE_ALLOWED_NETWORKS")
# Where checkpoints of ledgers are kept beside the database: docs/adr/0027-ledger.md
AGENTSCOPE_ANCHOR_PATH = env_text("AGENTSCOPE_ANCHOR_PATH", "")
AGENTSCOPE_ANCHOR_WEBHOOK = env_text("AGENTSCOPE_ANCHOR_WEBHOOK", "")
AGENTSCOPE_ANCHOR_SECRET = env_secret("AGENTSCOPE_ANCHOR_SECRET", "")
AGENTSCOPE_ANCHOR_TIMESTAMPS = env_text("AGENTSCOPE_ANCHOR_TIMESTAMPS", "")
AGENTSCOPE_ANCHOR_CERTIFICATES = env_text("AGENTSCOPE_ANCHOR_CERTIFICATES", "")
mail_server = mail(env_secret("AGENTSCOPE_EMAIL_URL", ""))
EMAIL_HOST, EMAIL_PORT = mail_server.host, mail_server.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail_server.user, mail_server.password
EMAIL_USE_TLS, EMAIL_USE_SSL = mail_server.scheme == "smtp+tls", mail_server.scheme == "smtps"
EMAIL_TIMEOUT = 10  # seconds, for each step
DEFAULT_FROM_EMAIL = env_text("AGENTSCOPE_EMAIL_FROM", "agentscope@localhost")

BROKER_URL = env_secret("BROKER_URL", "")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "agentscope.log_lines.Line",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Anybody can call us by a foreign name: one line says that, no traceback is needed.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
    "root": {
        "handlers": ["stderr"],
        "level": env_choice("AGENTSCOPE_LOG_LEVEL", "WARNING", LOG_LEVELS),
    },
}
