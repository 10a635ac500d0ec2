"""Portkey: a guardrail webhook that asks before each call which passes the gateway.

`python portkey_webhook.py 8089`, and in the gateway's config (callers send session and agent in the
header `x-portkey-metadata`; `failOnError` decides what happens while this webhook is down):

    {"input_guardrails": [{
        "default.webhook": {"webhookURL": "http://127.0.0.1:8089", "failOnError": true},
        "deny": true}]}

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agentscope_hook import Stopped, came_to, estimate, may_i
from agentscope_spans import report


# --- the hook ---
def verdict(event: dict[str, Any]) -> dict[str, Any]:
    said, asked = event.get("metadata") or {}, (event.get("request") or {}).get("json") or {}
    about = {name: said.get(name) for name in ("session", "agent", "user", "trace")}
    try:
        answer = may_i(json.dumps(said), **about, model=asked.get("model"), **estimate(asked))
    except Stopped as stop:
        return {"verdict": False, "data": {"reason": stop.reason}}
    changed = {**asked, "model": answer.model} if answer.model else None
    told = {"data": dict(answer.told), "transformedData": {"request": {"json": changed}}}
    return {"verdict": True, **told}


# --- what calls came to, if it is an output guardrail, too; of streams it is told no answer ---
def heard(event: dict[str, Any]) -> dict[str, Any]:
    said, asked = event.get("metadata") or {}, (event.get("request") or {}).get("json") or {}
    told = (event.get("response") or {}).get("json") or {}
    came_to(told.get("usage"), json.dumps(said))
    about = {**said, "model": told.get("model") or asked.get("model")}
    report(about, told.get("usage") or {}, time.time_ns(), said.get("trace") or "")
    return {"verdict": True}


# --- its server ---
class Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        try:
            event = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
            before = event.get("eventType", "beforeRequestHook") == "beforeRequestHook"
            said = json.dumps(verdict(event) if before else heard(event)).encode()
        except (ValueError, AttributeError):
            return self.send_error(400, "This is no event of a guardrail")
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Webhook)
    print(f"Ready on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
