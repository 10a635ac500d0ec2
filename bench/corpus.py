"""Replay every recorded run and print what is told of it beside what is true: `make corpus`.

Renews docs/corpus.md with `--write`.
"""

from __future__ import annotations

import sys

import django

from bench.servers import database


def main() -> None:
    """Each run goes into a project of its own."""
    with database():
        django.setup()
        from tests.kit.corpus import cases, replay
        from tests.kit.table import PAGE, answers, page

        rows = []
        for project_id, case in enumerate(cases(), start=1):
            replay(case, project_id)
            rows.append((case, answers(case, project_id)))
        text = page(rows)
    if "--write" in sys.argv:
        PAGE.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
