"""What people said of decisions, in a pack: as it stands in the ledger, and in words."""

import json
from hashlib import sha256

import pytest

from agentscope.packs.asked import Asked
from agentscope.packs.write import make
from agentscope.projects.write import create_project
from agentscope.reviews.case import Who, digest_of
from agentscope.reviews.erase import erase_texts
from agentscope.reviews.models import Review
from agentscope.reviews.write import comment, review
from tests.agentscope.packs.test_pack import EVIL, lines, remanifest, verified
from tests.agentscope.reviews.decided import ANN, BOB, record
from tests.kit.costs import agent, call, settle, store, uuid

PROGRAM = Who("key ask_1234…", is_person=False)
BODY: dict[str, list[str]] = {
    name: [] for name in ("who", "knew", "considered", "chosen", "authority", "did", "came_of")
}


@pytest.fixture
def shop(db):
    """A project with two runs of which a decision each is known."""
    found = create_project("shop")
    for number in (1, 2):
        store(found.pk, agent(number, 1, "planner", session="s"), call(number, 2, 1, "0.01"))
    settle()
    return found


@pytest.fixture
def case(shop):
    """A decision that two people, and a program, think something of."""
    record(shop.pk, 2, session="s", body=BODY)
    case = record(shop.pk, 1, session="s", body=BODY)
    review(case, ANN, "approved", "")
    review(case, ANN, "wrong", f"It was refunded twice. {EVIL}")
    review(case, PROGRAM, "questioned", "A rule says so.")
    comment(case, BOB, "Ask the shop.")
    return case


@pytest.fixture
def pack(shop, case, tmp_path):
    """A pack of what is asked for, in a folder of its own."""

    def made(**asked):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        make(Asked(shop, **asked), folder, "ann")
        return folder

    return made


def test_verdicts_and_comments_are_those_that_the_ledger_tells(pack):
    folder = pack(trace=uuid(1))
    found = lines(folder / "reviews.jsonl")
    assert [each.get("verdict", "comment") for each in found] == [
        "approved", "wrong", "questioned", "comment",
    ]  # fmt: skip
    assert all(each["position"] for each in found)
    wrong, program = found[1], found[2]
    assert (wrong["who"], wrong["trace"], wrong["span"]) == ("ann", uuid(1).hex, f"{1:016x}")
    assert sha256((wrong["salt"] + wrong["text"]).encode()).hexdigest() == wrong["digest"]
    assert (program["is_person"], program["seconds"], program["evidence"]) == (False, None, None)
    counts = json.loads((folder / "MANIFEST.json").read_text())["counts"]
    assert (counts["reviews"], counts["comments"]) == (3, 1)
    code, told = verified(folder)
    assert code == 0, told
    assert "comments that are as the ledger tells: 4; of which no entry in this pack" in told


@pytest.mark.parametrize(
    "asked",
    [{"session": "s"}, {}, {"trace": uuid(1), "decision": 1}],
    ids=["session", "period", "decision"],
)
def test_what_is_said_of_its_decisions_is_in_a_pack_of_any_kind(asked, pack):
    assert len(lines(pack(**asked) / "reviews.jsonl")) == 4


@pytest.mark.parametrize("asked", [{"trace": uuid(2)}, {"trace": uuid(2), "decision": 1}])
def test_what_is_said_of_others_is_not(asked, pack):
    assert lines(pack(**asked) / "reviews.jsonl") == []


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ('"verdict":"wrong"', '"verdict":"approved"', "The review "),
        ("It was refunded twice.", "It was refunded once.", "The review "),
        ('"who":"ann"', '"who":"eve"', "The review "),
        ("Ask the shop.", "Ask nobody.", "The comment "),
    ],
)
def test_the_verifier_names_what_was_changed_in_it(before, after, what, pack):
    folder = pack(trace=uuid(1))
    remanifest("reviews.jsonl", before, after)(folder)
    code, told = verified(folder)
    assert code == 1
    assert "All is well" not in told
    assert what in told
    assert " is not as entry " in told


def test_what_the_database_was_made_to_say_is_named(pack, shop):
    row = Review.objects.filter(verdict="wrong").get()
    Review.objects.filter(pk=row.pk).update(text="", salt="", erased_at=row.at)
    folder = pack(trace=uuid(1))
    remanifest("reviews.jsonl", row.digest.hex(), digest_of("", "other").hex())(folder)
    assert f"The review {row.pk} is not as entry " in verified(folder)[1]


def test_of_a_text_that_was_erased_the_digest_stays(pack, shop):
    erase_texts(shop.pk, [uuid(1)], "ann", "asked for")
    folder = pack(trace=uuid(1))
    for each in lines(folder / "reviews.jsonl")[1:]:
        assert each["text"] is None
        assert each["salt"] == ""
        assert each["erased_at"]
    code, told = verified(folder)
    assert code == 0, told
    html = (folder / "index.html").read_text()
    assert "why was erased" in html
    assert "its text was erased" in html


def test_the_page_tells_who_said_what_and_what_became_of_it(pack, shop, case):
    html = (pack(trace=uuid(1)) / "index.html").read_text()
    assert "<strong>wrong</strong> by ann on " in html
    assert "<q>It was refunded twice. &lt;script&gt;" in html
    assert "<script" not in html
    assert "replaced by a later one" in html
    assert "by key ask_1234…, a program, on " in html
    assert "<q>Ask the shop.</q>" in html
    assert "the record has changed since" not in html
    record(shop.pk, 1, body=BODY | {"form": 2})
    assert "the record has changed since" in (pack(trace=uuid(1)) / "index.html").read_text()
