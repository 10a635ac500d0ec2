"""Each kind of entry of the ledger is written by what people really do, by a page, the API or a
command; it says who, what, and what was before and after. Each sentence is as in
golden/ledger_sentences.txt, so that whoever changes one reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.test import Client

from agentscope.budgets.witness import tell_answers
from agentscope.findings import causes
from agentscope.findings.models import Cause
from agentscope.ledger.kinds import ANSWERS, OPENED, OWN_KINDS, RECORDS, REDACTED
from agentscope.ledger.models import Content, Entry
from agentscope.ledger.read import BEFORE
from agentscope.ledger.verifier import DOUBTED, ERASED, NEW_KEY
from agentscope.projects.changes import KINDS
from agentscope.projects.models import Key, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_project
from agentscope.records.witness import tell_records
from agentscope.traces.models import Trace
from tests.agentscope.prices.test_litellm import LIST
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import end_jobs
from tests.kit.loops import loop
from tests.ui.alerting import alert_of, rule_of
from tests.ui.records import record_of

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden" / "ledger_sentences.txt"
BUDGET = {"name": "daily", "limit": 10, "window": {"kind": "calendar", "unit": "day"}}
DECISION = {"trace": uuid(9).hex, "span": f"{9:016x}"}
SPOKEN = "a b c d e f g"  # a password
UNWRITTEN = {  # by nobody's act here, and where it is tested
    BEFORE: "tests/agentscope/ledger/test_taking_over.py",
    NEW_KEY: "tests/agentscope/ledger/test_write.py",
    DOUBTED: "tests/agentscope/ledger/test_pairs.py",
    ERASED: "tests/agentscope/ledger/test_write.py",
    REDACTED: "tests/agentscope/budgets/test_witness.py",
}
CHANGED = {  # sentences of what something was changed by: they tell of before and after
    "budget": "Budget",
    "rule": "Changed",
    "channel": "Changed",
    "key": "",
    "member": "",
    "price": "",
    "retention": "Keeps",
    "redaction": "Changed",
    "finding": "",
    "detector": "",
    "mapping": "",
    "project": "",
    "job": "",
}
VARYING = (  # what is another each time
    (r"\bas_[\w-]{6}", "as_KEY"),
    (r"\b[0-9a-f]{32}\b", "ID"),
    (r"#\d+", "#NUMBER"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(\S*\d)?", "TIME"),
    (r"\d{4}-\d\d-\d\d", "DAY"),
)


class Told(NamedTuple):
    """An entry that an act wrote."""

    kind: str
    said: dict[str, Any]

    @property
    def line(self) -> str:
        """Its kind and sentence, without what is another each time."""
        what = self.said.get("what", "")
        for varying, word in VARYING:
            what = re.sub(varying, word, what)
        return f"{self.kind}: {what}"


class Person:
    """Ann, who does it all with a browser and by machine."""

    def __init__(self) -> None:
        self.shop = create_project("shop")
        self.ann = User.objects.create_user("ann", email="ann@example.com", password="secret")
        add_member(self.shop, self.ann, Role.OWNER)
        User.objects.create_user("bob")
        self.client = Client(headers={"host": "localhost", "x-agentscope-project": "shop"})
        self.log_in("secret")

    def log_in(self, password: str) -> None:
        self.client.post("/login/", {"username": "ann", "password": password})

    def page(self, path: str, **said: Any) -> Any:
        """Post a form of a page of the project."""
        answer = self.client.post(f"/p/shop/{path}", said)
        assert answer.status_code in (200, 302), (path, answer.status_code)
        return answer

    def api(self, verb: str, path: str, **said: Any) -> Any:
        """Ask by machine."""
        asked = getattr(self.client, verb)(f"/api/v1/{path}", said, "application/json")
        assert asked.status_code < 300, (path, asked.content)
        return asked.json() if asked.content else {}


def budgets(ann: Person) -> None:
    made = ann.api("post", "budgets", **BUDGET)["id"]
    ann.api("put", f"budgets/{made}", **BUDGET | {"limit": 20})
    ann.api("delete", f"budgets/{made}")
    stop = ann.api("post", "budgets/stops", of="agent", name="scout", why="it runs wild")["id"]
    ann.api("delete", f"budgets/stops/{stop}")


def alerts(ann: Person) -> None:
    rule = rule_of(ann.shop, name="dear")
    alert = alert_of(rule)
    ann.api("post", f"alerts/{alert.pk}/acknowledge", note="I look")
    ann.api("patch", f"alert-rules/{rule.pk}", remind=3600)
    ann.api("delete", f"alert-rules/{rule.pk}")


def channels(ann: Person) -> None:
    said = {"url": "https://hooks.example.com/in", "secret": "0123456789abcdef"}
    made = ann.api("post", "channels", kind="webhook", name="hook", settings=said)["id"]
    ann.api("patch", f"channels/{made}", name="pager")
    ann.api("delete", f"channels/{made}")


def keys(ann: Person) -> None:
    ann.page("settings/keys/", label="ci", scope="read", expires="30")
    key = Key.objects.get(label="ci")
    ann.page(f"settings/keys/{key.pk}/rotate/", hours="24")
    ann.page(f"settings/keys/{key.pk}/revoke/")


def members(ann: Person) -> None:
    ann.page("settings/members/", username="bob", role="viewer")
    ann.page("settings/members/", username="bob", role="operator")
    ann.page("settings/invitations/", email="cleo@example.com", role="viewer")


def prices(ann: Person, tmp: Path) -> None:
    ann.page("prices/set/", model="house-1", provider="", service_tier="", usd_input="2")
    ann.page("prices/names/", name="house", target="openai/gpt-4o")
    (tmp / "list.json").write_text(json.dumps(LIST))
    call_command("import_prices", str(tmp / "list.json"), project="shop")
    call_command("import_prices", str(tmp / "list.json"))


def retention(ann: Person) -> None:
    ann.api("put", "retention", payload_days=7)
    ann.api("post", "legal-holds", trace_id=uuid(1).hex, reason="a claim")
    ann.api("delete", f"legal-holds/{uuid(1).hex}?reason=settled")


def redaction(ann: Person) -> None:
    ann.page("settings/redaction/", secret="mask", personal="off")
    rule = {"code": "customer", "kind": "pattern", "said": r"C:\d+", "action": "hash"}  # in no salt
    ann.page("settings/redaction/add/", **rule)
    ann.page("settings/redaction/stored/", sure="1")
    end_jobs()


def erasures(ann: Person) -> None:
    asked = ann.api("post", "erasures", of="user", name="dora", reason="she asked for it")
    end_jobs()
    ann.api("post", f"erasures/{asked['id']}/confirm")
    end_jobs()


def exports(ann: Person) -> None:
    b"".join(ann.page("audit/ledger/take/").streaming_content)
    ann.page("settings/storage/export/", of="session", said="s")


def reviews(ann: Person) -> None:
    record_of(ann.shop, 9, agent="refunder", effects=["refund"])
    ann.api("post", "reviews", **DECISION, verdict="wrong", why="it was paid")
    ann.api("post", "reviews/comments", **DECISION, text="look")
    ann.api("post", "reviews/items", **DECISION, to="ann")
    queue = ann.api("post", "reviews/queues", name="Refunds", only={}, share="0.5", hours=72)["id"]
    ann.api("put", f"reviews/queues/{queue}", name="All", only={}, share="1", hours=72)
    ann.api("delete", f"reviews/queues/{queue}")
    ann.api("put", "reviews/two-persons", tools=["refund"])


def decisions(ann: Person) -> None:
    Trace.objects.update(state=Trace.State.ENDED)
    assert tell_records()


def answers(ann: Person) -> None:
    ann.api("post", "decide", agent="scout")
    tell_answers()


def findings(ann: Person) -> None:
    store(ann.shop.pk, *loop(2, name="scout", tool="search"))
    settle()
    causes.add_up()
    cause = Cause.objects.order_by("code").first()
    assert cause
    ann.page(f"findings/{cause.fingerprint.hex}/", decision="expected", note="it waits")


def detectors(ann: Person) -> None:
    ann.page("settings/detectors/fields/", names="lease")
    ann.page("settings/tools/", agent="scout", tools="search")


def settings_of(ann: Person) -> None:
    ann.page("settings/", policy="computed", attribute_1="tenant")
    ann.page("settings/clock/", time_zone="Europe/Berlin", week_start="6")
    ann.page("settings/mappings/", attribute="acme.bot", field="agent")
    ann.page("traces/views/?status=error", name="failed")
    address = ann.page("prices/history/").headers["Location"]
    ann.client.post(address)
    ann.client.post(ann.page("prices/history/").headers["Location"], {"stop": "1"})


def accounts(ann: Person) -> None:
    new = {"new_password1": SPOKEN, "new_password2": SPOKEN}
    ann.client.post("/account/password/", {"old_password": "secret", **new})
    ann.client.post("/logout/")
    ann.log_in(SPOKEN)
    call_command("create_organisation", "Acme")


ACTS: tuple[Callable[[Person], None], ...] = (
    *(budgets, alerts, channels, keys, members, retention, redaction, findings, detectors),
    *(settings_of, exports, reviews, decisions, answers, accounts, erasures),
)


@pytest.fixture(scope="module")
def told(db_of_module, tmp_path_factory) -> list[Told]:
    """All that is written while ann does everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.AGENTSCOPE_EMBEDDED", False)
        ann = Person()
        store(ann.shop.pk, agent(1, 1, "planner"), call(1, 2, 1, "0.5", user="dora", session="s"))
        settle()
        prices(ann, tmp_path_factory.mktemp("prices"))
        for act in ACTS:
            act(ann)
    said = {(row.project_id, row.position): json.loads(row.text) for row in Content.objects.all()}
    rows = Entry.objects.order_by("project_id", "position")
    return [
        Told(row.kind, said[row.project_id, row.position])
        for row in rows
        if (row.project_id, row.position) in said
    ]


def test_each_kind_is_written_by_what_somebody_does(told):
    written = {each.kind for each in told}
    assert {*KINDS, *OWN_KINDS} - written == {*UNWRITTEN}


def test_each_entry_says_who_and_what(told):
    for each in told:
        if each.kind in KINDS:
            assert each.said["who"] in ("ann", "ada", "command line"), each.line
            assert isinstance(each.said["details"], dict)
        if each.kind not in (ANSWERS, RECORDS):
            assert each.said["what"].strip(), each
    assert OPENED in {each.kind for each in told}


@pytest.mark.parametrize("kind", CHANGED)
def test_what_changed_is_told_as_it_was_and_as_it_is(told, kind):
    found = [each for each in told if each.kind == kind and CHANGED[kind] in each.said["what"]]
    pairs = [
        (details.get("before", details.get("was")), details.get("after", details.get("to")))
        for each in found
        if {"before", "was", "after", "to"} & {*(details := each.said["details"])}
    ]
    assert pairs, [each.line for each in told if each.kind == kind]
    for before, after in pairs:
        assert before != after


def test_sentences_are_as_they_were_read(told):
    assert sorted({each.line for each in told}) == GOLDEN.read_text().splitlines()
