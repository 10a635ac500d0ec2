"""Makes the next agentscope/traces/payload-N.dict from the recorded runs in tests/wire.

    python -m bench.train_dictionary [FOLDER OF RECORDED RUNS]

Payloads that were written with a dictionary can only be read with it. So this makes a new one
beside the old ones; DICTIONARIES in agentscope/traces/payload.py then has to name it, as the last.
"""

from __future__ import annotations

import sys
from pathlib import Path

import django

from agentscope.compression import zstd

SIZE = 32 << 10  # bytes; 16 KiB save 5 % less on spans of runs that it did not see
LARGEST = 8000  # bytes of a span to learn from: long texts teach nothing
WIRE = "tests/wire"
DICTIONARIES = Path("agentscope/traces")


def main() -> None:
    """Train on every recorded span and print what it saves."""
    django.setup()
    from agentscope.traces.payload import LEVEL  # needs Django, as do the others

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else WIRE)
    payloads = [payload for path in sorted(folder.glob("*/*.traces.pb")) for payload in read(path)]
    dictionary = zstd.train_dict([each for each in payloads if len(each) < LARGEST], SIZE)
    made = len(list(DICTIONARIES.glob("payload-*.dict")))
    target = DICTIONARIES / f"payload-{made + 1}.dict"
    target.write_bytes(dictionary.dict_content)
    plain, trained = (
        sum(len(zstd.compress(each, LEVEL, zstd_dict=known)) for each in payloads)
        for known in (None, dictionary)
    )
    print(f"{target}: {len(payloads)} payloads, {plain} bytes without, {trained} bytes with it")


def read(path: Path) -> list[bytes]:
    """The payloads of a recorded request, not compressed."""
    from agentscope.traces.payload import payload_body
    from ingest.dialects import understand
    from ingest.otlp import decode_traces

    spans = decode_traces(path.read_bytes(), "application/x-protobuf").items
    return [payload_body(span.raw, understand(span)) for span in spans]


if __name__ == "__main__":
    main()
