"""How instrumentations tell what a program did, one file each. `SENDERS` is all of them."""

from tests.scenarios.senders import genai, openinference, openllmetry, vercel
from tests.scenarios.senders.sender import Sender

SENDERS: tuple[Sender, ...] = (
    genai.SENDER,
    openinference.SENDER,
    openllmetry.SENDER,
    vercel.SENDER,
)
