"""Every setting of a process: read once from the environment, then passed down."""

from functools import lru_cache
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - refused in production, see `refusals`


class Settings(BaseSettings):
    """What a process is told from outside; names are those of the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    env: Literal["development", "production"] = Field(
        default="development", description="`production` refuses development secrets and clocks."
    )
    database_url: str = Field(
        default="",
        description="Owner of the database; only migrations and the command line use it.",
    )
    database_app_url: str = Field(
        default="", description="The role of API and worker: it owns nothing and bypasses nothing."
    )
    database_pooler: bool = Field(
        default=False,
        description="True behind a transaction pooler: reads run in transactions too.",
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=200, description="Connections of the read pool, and of the write pool."
    )
    redis_url: str = Field(
        default="", description="Redis 7 or Valkey: a wake-up call, never a store."
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the API.")
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="Port of /metrics on HOST; 0 serves none."
    )
    public_url: str = Field(default="", description="Address people reach the API at, for links.")
    allowed_hosts: str = Field(
        default="", description="Comma-separated host names served; empty serves any (production)."
    )
    allowed_origins: str = Field(
        default="",
        description="Comma-separated origins whose pages may open sockets besides ours; * is any.",
    )
    live_connections: int = Field(
        default=200,
        ge=1,
        description="Sockets and streams of one user or API key that an API process holds.",
    )
    trusted_proxies: str = Field(
        default="", description="Comma-separated proxies whose X-Forwarded-For is believed."
    )
    coeffection_test_clock: bool = Field(
        default=False, description="Honour the offset set by `./dev clock`; refused in production."
    )
    coeffection_secret_key: str = Field(
        default=DEVELOPMENT_SECRET, description="Signs cursors and links; at least 32 characters."
    )
    files_url: str = Field(
        default="", description="Where uploads lie: file:///folder, s3://bucket, gs://, az://."
    )
    smtp_url: str = Field(
        default="",
        description="Mail server: smtp://user:password@host:587 or smtps://…; empty sends none.",
    )
    mail_from: str = Field(
        default="Coeffection <mail@localhost>",
        description="Whom mail comes from: an address the mail server sends for.",
    )
    rate_limits: Literal["on", "off"] = Field(
        default="off", description="`on` applies the plan table; sign-in is always limited."
    )
    reads: Literal["plans", "executor"] = Field(
        default="plans", description="`executor` answers queries without compiled plans."
    )
    demo_token: str = Field(
        default="",
        description="Signs GraphiQL and `/live` in on the demo workspace; development only.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least important log line that is written."
    )
    event_log_days: int = Field(
        default=400,
        ge=62,
        description="Days that events are kept at least, in whole months; history needs them.",
    )
    signature_url: str = Field(
        default="", description="Where contracts go to be signed; empty is nowhere."
    )
    signature_secret: str = Field(
        default="", description="Proves requests to and from it; at least 32 characters."
    )
    webhook_allowed_hosts: str = Field(
        default="",
        description="Comma-separated host:port that workflows call though they are not public.",
    )
    worker_threads: int = Field(
        default=4, ge=1, le=64, description="Jobs of each priority a worker runs at once."
    )

    @property
    def is_production(self) -> bool:
        """Whether this process serves real users."""
        return self.env == "production"

    @property
    def webhook_hosts(self) -> frozenset[str]:
        """The hosts that workflows call though they are not public."""
        named = self.webhook_allowed_hosts.split(",")
        return frozenset(one.strip() for one in named if one.strip())

    @property
    def base_url(self) -> str:
        """The address links are made from."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def refusals(settings: Settings) -> list[str]:
    """Why a production process must not start with these settings; one sentence each."""
    if not settings.is_production:
        return []
    checks = {
        "COEFFECTION_SECRET_KEY must be set to at least 32 random characters.": (
            settings.coeffection_secret_key == DEVELOPMENT_SECRET
            or len(settings.coeffection_secret_key) < 32  # noqa: PLR2004
        ),
        "COEFFECTION_TEST_CLOCK is for tests; unset it.": settings.coeffection_test_clock,
        "DEMO_TOKEN is for development; unset it.": bool(settings.demo_token),
        "DATABASE_APP_URL must name the role of the API.": not settings.database_app_url,
        "DATABASE_URL is the owner's; API and worker must not hold it.": bool(
            settings.database_url
        ),
        "REDIS_URL must be set.": not settings.redis_url,
        "FILES_URL must be set.": not settings.files_url,
        "SIGNATURE_SECRET must be set to at least 32 random characters beside SIGNATURE_URL.": (
            bool(settings.signature_url) and len(settings.signature_secret) < 32  # noqa: PLR2004
        ),
    }
    return [sentence for sentence, broken in checks.items() if broken]


@lru_cache(maxsize=1)
def from_environment() -> Settings:
    """The settings of this process."""
    return Settings()
