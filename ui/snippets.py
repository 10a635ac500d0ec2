"""How to send a first trace to this very server, ready to paste."""

from __future__ import annotations

from dataclasses import dataclass

from ui.snippet_texts import SNIPPETS

DEFAULT_PROJECT = "default"


@dataclass(slots=True, frozen=True)
class Snippet:
    title: str
    install: str  # what to install first; empty: nothing
    code: str


def snippets(address: str, project: str, *, needs_key: bool) -> list[Snippet]:
    """The snippets for a server at `address` (no slash at the end) and a project."""
    name, value = header(project, needs_key)
    words = {
        "ADDRESS": address,
        "ENV_HEADERS": f'\nexport OTEL_EXPORTER_OTLP_HEADERS="{name}={quoted(value)}"' * bool(name),
        "PY_HEADERS": f', headers={{"{name}": "{value}"}}' * bool(name),
        "CURL_HEADERS": f"\n  -H '{name}: {value}' \\" * bool(name),
    }
    return [Snippet(title, install, filled(code, words)) for title, install, code in SNIPPETS]


def header(project: str, needs_key: bool) -> tuple[str, str]:
    """The header that says where the spans go; none for the default project without keys."""
    if needs_key:
        return "authorization", "Bearer YOUR_INGEST_KEY"
    return ("x-agentscope-project", project) if project != DEFAULT_PROJECT else ("", "")


def quoted(value: str) -> str:
    return value.replace(" ", "%20")


def filled(code: str, words: dict[str, str]) -> str:
    for word, text in words.items():
        code = code.replace(f"<{word}>", text)
    return code.strip()
