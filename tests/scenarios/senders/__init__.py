"""How instrumentations tell what a program did, one file each. `SENDERS` is all of them."""

from tests.scenarios.senders import (
    genai,
    genai_events,
    langfuse,
    mlflow,
    openinference,
    openllmetry,
    semantic_kernel,
    vercel,
)
from tests.scenarios.senders.sender import Sender

SENDERS: tuple[Sender, ...] = (
    genai.SENDER,
    genai_events.SENDER,
    langfuse.SENDER,
    mlflow.SENDER,
    openinference.SENDER,
    openllmetry.SENDER,
    semantic_kernel.SENDER,
    vercel.SENDER,
)
