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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agentscope_hook import Stopped, estimate, may_i


# --- the hook ---
def verdict(event: dict[str, Any]) -> dict[str, Any]:
    said, asked = event.get("metadata") or {}, (event.get("request") or {}).get("json") or {}
    about = {name: said.get(name) for name in ("session", "agent", "user")}
    try:
        answer = may_i(**about, model=asked.get("model"), **estimate(asked))
    except Stopped as stop:
        return {"verdict": False, "data": {"reason": stop.reason}}
    changed = {**asked, "model": answer.model} if answer.decision == "downgrade" else None
    told = {"data": dict(answer.told), "transformedData": {"request": {"json": changed}}}
    return {"verdict": True, **told}


# --- its server ---
class Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        try:
            event = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
            before = event.get("eventType", "beforeRequestHook") == "beforeRequestHook"
            said = json.dumps(verdict(event) if before else {"verdict": True}).encode()
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
