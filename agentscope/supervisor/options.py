"""What the person chose: where the data lies, which ports, which servers of their own."""

import os
from dataclasses import dataclass
from pathlib import Path

from agentscope.environment import env_bool, env_int, env_secret, env_text

CHECKOUT = Path(__file__).resolve().parents[2]
NICENESS = 5  # a core is shared 3 to 1 between those of 0 and those of 5
PORTS = {"least": 1, "most": 65535}


@dataclass(frozen=True)
class Options:
    """The settings that the supervisor itself needs; `docs/settings.md` explains them."""

    data: Path
    http_port: int
    grpc_port: int
    decide_port: int
    workers: int  # processes that drain and examine
    niceness: int = NICENESS  # of all our programs but the one that decides
    database_url: str = ""  # empty: start our own Postgres
    broker_url: str = ""  # empty: start our own Valkey
    is_embedded: bool = True  # nobody logs in, and no key is asked for

    @property
    def ports(self) -> dict[str, int]:
        """What is listened on, by the setting that chooses it."""
        return {
            "AGENTSCOPE_HTTP_PORT": self.http_port,
            "AGENTSCOPE_GRPC_PORT": self.grpc_port,
            "AGENTSCOPE_DECIDE_PORT": self.decide_port,
        }


def read_options() -> Options:
    """The options in the environment. Raises BadSetting for one that cannot be used."""
    http_port = env_int("AGENTSCOPE_HTTP_PORT", 4318, **PORTS)
    return Options(
        data=Path(env_text("AGENTSCOPE_DATA", str(CHECKOUT / "var"))).absolute(),
        http_port=http_port,
        grpc_port=env_int("AGENTSCOPE_GRPC_PORT", 4317, **PORTS),
        decide_port=env_int("AGENTSCOPE_DECIDE_PORT", min(http_port + 1, 65535), **PORTS),
        workers=max(1, env_int("AGENTSCOPE_WORKERS", min(2, os.cpu_count() or 1))),
        niceness=env_int("AGENTSCOPE_NICENESS", NICENESS, least=0, most=19),
        database_url=env_secret("DATABASE_URL", ""),
        broker_url=env_secret("BROKER_URL", ""),
        is_embedded=env_bool("AGENTSCOPE_EMBEDDED", default=True),
    )
