from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone
from agentscope.ledger.models import Content, Entry
from agentscope.projects.membership import add_everywhere
from agentscope.projects.models import Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_organisation
from agentscope.records.models import Record
from agentscope.reviews.case import Case, Who, digest_of
from agentscope.reviews.models import Comment, Item, Mention, Review, Sitting
from agentscope.reviews.read import course
from agentscope.reviews.sittings import KEPT, PAUSE, forget_sittings, opened
from agentscope.reviews.write import (
    assign,
    comment,
    named_in,
    review,
    seen,
    set_two_persons,
)
from tests.agentscope.reviews.decided import ANN, BOB, record
from tests.kit.changes import noted, the_change
from tests.kit.costs import uuid

PROGRAM = Who("key ask_1234…", is_person=False)


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop")


@pytest.fixture
def case(shop):
    return record(shop.pk, effects=["refund"])


@pytest.fixture
def production(settings):
    settings.AGENTSCOPE_EMBEDDED = False


@pytest.fixture
def team(shop, production):
    add_member(shop, User.objects.create_user("vic"), Role.VIEWER)
    for name in ("ann", "bob", "b.o"):
        add_member(shop, User.objects.create_user(name), Role.OPERATOR)


def state():
    item = Item.objects.get()
    return item.state, item.verdict, item.approvals


def test_a_verdict_is_kept_with_what_it_was_about(case):
    made = review(case, ANN, "wrong", " the order was paid ")
    record_now = Record.objects.get()
    assert (made.text, made.verdict, made.agent) == ("the order was paid", "wrong", "planner")
    assert bytes(made.record) == record_now.digest
    assert bytes(made.digest) == digest_of(made.salt, "the order was paid")
    assert (made.opened_at, made.seconds, made.evidence) == (None, None, None)
    assert state() == ("reviewed", "wrong", 0)


def test_the_ledger_tells_of_it_by_digests(case):
    made = review(case, ANN, "questioned", "my secret reason")
    told = the_change()
    assert (told.who, told.what) == ("ann", "A decision of planner was questioned.")
    assert told.details == {
        "trace": uuid(1).hex,
        "span": f"{1:016x}",
        "review": made.pk,
        "record": bytes(made.record).hex(),
        "verdict": "questioned",
        "why": bytes(made.digest).hex(),
        "seconds": None,
        "evidence": None,
    }
    assert "secret" not in Content.objects.order_by("-position")[0].text
    assert Entry.objects.order_by("-position")[0].kind == "review"


def test_a_later_verdict_takes_the_place_of_an_earlier_one_of_the_same_person(case):
    review(case, ANN, "wrong", "at first sight")
    review(case, ANN, "approved", "")
    assert state() == ("reviewed", "approved", 1)
    review(case, BOB, "questioned", "why now?")
    assert state() == ("reviewed", "questioned", 1)
    said = course(case).opinions
    assert [(each.review.verdict, each.is_present) for each in said] == [
        ("wrong", False),
        ("approved", True),
        ("questioned", True),
    ]
    assert course(case).own("ann").verdict == "approved"
    assert course(case).own("eve") is None


def test_it_shows_when_the_record_has_changed_since(case):
    review(case, ANN, "approved", "")
    assert not course(case).opinions[0].is_changed
    record(case.project_id, effects=["refund"], body={"late": "span"})
    review(case, BOB, "approved", "")
    assert [each.is_changed for each in course(case).opinions] == [True, False]
    Record.objects.all().delete()
    gone = course(case)
    assert gone.is_known
    assert [each.is_changed for each in gone.opinions] == [False, False]
    with pytest.raises(Gone):
        review(case, ANN, "approved", "")


@pytest.mark.parametrize(
    ("verdict", "why", "part"),
    [
        ("good", "x", "verdict"),
        ("", "x", "verdict"),
        ("wrong", " ", "why"),
        ("questioned", "", "why"),
        ("approved", "x" * 2_001, "why"),
        ("approved", "\0", "why"),
    ],
)
def test_what_is_wrong_with_a_verdict_is_named(case, verdict, why, part):
    with pytest.raises(BadRule) as wrong:
        review(case, ANN, verdict, why)
    assert wrong.value.part == part
    assert not Review.objects.exists()
    assert noted() == []


def test_a_decision_of_another_project_is_not_there(case):
    other = Project.objects.create(name="other").pk
    theirs = case._replace(project_id=other)
    for act in (
        lambda: review(theirs, ANN, "approved", ""),
        lambda: comment(theirs, ANN, "x"),
        lambda: assign(theirs, ANN, ""),
    ):
        with pytest.raises(Gone):
            act()
    assert not course(theirs).is_known


def refused(sql):
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        connection.cursor().execute(sql)


@pytest.mark.parametrize("table", ["review", "review_comment"])
def test_what_was_said_is_never_changed(case, table):
    review(case, ANN, "wrong", "a reason")
    comment(case, ANN, "a remark")
    for sql in (
        f"update {table} set who = 'bob'",
        f"update {table} set text = 'other'",
        f"update {table} set text = ''",
        f"update {table} set text = '', salt = '', erased_at = now(), at = now()",
        f"delete from {table}",
        f"truncate {table} cascade",
    ):
        refused(sql)
    assert Review.objects.get().text == "a reason"


@pytest.mark.parametrize("table", ["review", "review_comment"])
def test_its_text_can_be_erased_and_the_digest_stays(case, table):
    review(case, ANN, "wrong", "a reason")
    comment(case, ANN, "a remark")
    model = Review if table == "review" else Comment
    before = bytes(model.objects.get().digest)
    connection.cursor().execute(f"update {table} set text = '', salt = '', erased_at = now()")
    after = model.objects.get()
    assert (after.text, after.salt, bytes(after.digest)) == ("", "", before)


def test_what_two_people_approve_takes_two_different_people(case):
    set_two_persons(case.project_id, ["refund"], "ann")
    review(case, ANN, "approved", "")
    assert state() == ("open", "approved", 1)
    review(case, ANN, "approved", "once more")
    assert state() == ("open", "approved", 1)
    review(case, PROGRAM, "approved", "")
    assert state() == ("open", "approved", 1)
    review(case, BOB, "wrong", "no")
    assert state() == ("open", "wrong", 1)
    review(case, BOB, "approved", "")
    assert state() == ("reviewed", "approved", 2)
    review(case, ANN, "wrong", "on second thoughts")
    assert state() == ("open", "wrong", 1)


def test_two_people_can_also_find_it_wrong(case):
    set_two_persons(case.project_id, ["ref*"], "ann")
    review(case, ANN, "wrong", "no")
    review(case, BOB, "wrong", "no")
    assert state() == ("reviewed", "wrong", 0)


def test_what_takes_two_can_change_while_it_waits(case):
    plain = record(case.project_id, 2, effects=["send_mail"])
    for each in (case, plain):
        review(each, ANN, "approved", "")
    set_two_persons(case.project_id, ["refund", " ", "refund"], "ann")
    found = {each.trace_id: each.state for each in Item.objects.all()}
    assert found == {uuid(1): "open", uuid(2): "reviewed"}
    set_two_persons(case.project_id, [], "ann")
    assert {each.state for each in Item.objects.all()} == {"reviewed"}
    assert [each.details for each in noted()[-2:]] == [
        {"before": [], "after": ["refund"]},
        {"before": ["refund"], "after": []},
    ]
    with pytest.raises(BadRule):
        set_two_persons(case.project_id, ["x" * 201], "ann")


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_are_both_counted():
    case = record(Project.objects.create(name="shop").pk, effects=["refund"])
    set_two_persons(case.project_id, ["refund"], "ann")

    def approve(who):
        try:
            review(case, who, "approved", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(approve, (ANN, BOB)))
    assert state() == ("reviewed", "approved", 2)


def test_time_and_evidence_are_what_the_server_saw(case):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        opened(case, "ann")
        clock.shift(60)
        opened(case, "ann", 7)
        clock.shift(30)
        opened(case, "ann", 8)
        opened(case, "ann", 7)
        opened(case, "bob", 9)
        clock.shift(10 * PAUSE)
        opened(case, "ann")
        clock.shift(5)
        made = review(case, ANN, "approved", "")
    assert (made.opened_at, made.evidence) == (start, [7, 8])
    assert made.seconds == 60 + 30 + PAUSE + 5
    assert [each.who for each in Sitting.objects.all()] == ["bob"]
    assert review(case, ANN, "approved", "").seconds is None


def test_who_looked_long_ago_and_said_nothing_is_forgotten(case):
    opened(case, "ann")
    opened(case, "bob")
    Sitting.objects.filter(who="bob").update(last_at=timezone.now() - KEPT - timedelta(hours=1))
    forget_sittings()
    assert [each.who for each in Sitting.objects.all()] == ["ann"]


def test_whoever_is_named_in_a_comment_sees_it(case, team):
    made = comment(case, ANN, "@bob and @b.o. look: not @ann-marie, eve@bob, @vic or @eve")
    assert sorted(each.who for each in made.mentions.all()) == ["b.o", "bob"]
    assert [each.seen_at for each in Mention.objects.all()] == [None, None]
    seen(case.project_id, "bob", case._replace(span_id=2))
    seen(case.project_id, "bob", case)
    assert [each.who for each in Mention.objects.exclude(seen_at=None)] == ["bob"]
    told = the_change()
    assert told.details["mentions"] == ["b.o", "bob"]
    assert told.details["text"] == bytes(made.digest).hex()
    assert Item.objects.get().state == "open"


def test_an_empty_comment_is_none(case):
    for text in ("", " \n", "\0", "x" * 10_001):
        with pytest.raises(BadRule):
            comment(case, ANN, text)
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ann, @bob!", ["ann", "bob"]),
        ("(@ann) @ann", ["ann"]),
        ("x@ann.com @@ann", []),
        ("@a.n.", ["a.n"]),
        ("@ a", []),
    ],
)
def test_names_are_told_from_other_text(text, names):
    assert named_in(text, ["a.n", "ann", "bob"]) == names


TEAM = ["Ann", "ann", "ann-marie", "b", "b.o.", "bob", "bob@example.com", "rené", "Zoë"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@nobody and @bo", []),  # no member; part of a name
        ("@bobby @bob_", []),  # a name is part of it
        ("@ann-marie", ["ann-marie"]),
        ("@ann-", ["ann"]),
        ("@ann--look", []),
        ("@bob@example.com.", ["bob@example.com"]),
        ("@bob@example.org", []),
        ("bob@example.com", []),
        ("@bob@", ["bob"]),
        ("@b.o.", ["b.o."]),
        ("@b.o", []),
        ("@b...", ["b"]),
        ("@rené's", ["rené"]),
        ("@rene\u0301", ["rené"]),  # an accent of its own
        ("@rene", []),
        ("@RENÉ, @zoë", ["rené", "Zoë"]),
        ("\uff20bob", ["bob"]),  # a wide @
        ("@BOB", ["bob"]),
        ("@Ann", ["Ann"]),
        ("@ANN", []),  # two are called so
        ("@bob,@ann;@b", ["ann", "b", "bob"]),
        ("<b>@bob</b>", ["bob"]),
        ("@" * 50, []),
    ],
)
def test_who_is_meant(text, names):
    assert named_in(text, TEAM) == names


def test_who_may_not_read_it_is_not_told(case, team):
    add_member(Project.objects.get(), User.objects.create_user("sue"), Role.INGEST)
    User.objects.filter(username="bob").update(is_active=False)
    made = comment(case, ANN, "@vic @sue @bob @stranger @ann")
    assert [each.who for each in made.mentions.all()] == ["ann"]
    assert the_change().details["mentions"] == ["ann"]


def test_members_of_the_organisation_are_asked_and_named_as_what_they_are_here(case, shop, team):
    shop.organisation = create_organisation("acme")
    shop.save()
    for name, role in (("olga", Role.OPERATOR), ("vic", Role.OWNER), ("ina", Role.OWNER)):
        user = User.objects.filter(username=name).first() or User.objects.create_user(name)
        add_everywhere(shop.organisation, user, role)
    User.objects.filter(username="ina").update(is_active=False)
    for name in ("olga", "vic"):
        assert assign(case, ANN, name).assigned_to == name
    with pytest.raises(BadRule):
        assign(case, ANN, "ina")
    comment(case, ANN, "@olga, @ina, look")
    assert [each.who for each in Mention.objects.all()] == ["olga"]


def test_a_decision_is_assigned_to_a_member(case, team):
    assign(case, ANN, "bob")
    assign(case, ANN, "bob")
    assert (state()[0], Item.objects.get().assigned_to) == ("assigned", "bob")
    assert the_change().what == "bob was asked to review a decision."
    assign(case, BOB, "")
    assert state()[0] == "open"
    with pytest.raises(BadRule, match="no member"):
        assign(case, ANN, "eve")
    with pytest.raises(BadRule, match="no member"):
        assign(case, ANN, "vic")
    review(case, ANN, "approved", "")
    assert state()[0] == "reviewed"


def test_where_nobody_logs_in_there_is_somebody(case, settings):
    settings.AGENTSCOPE_EMBEDDED = True
    assign(case, Who("somebody"), "somebody")
    assert Item.objects.get().assigned_to == "somebody"


def test_a_case_is_named_by_its_columns():
    assert Case(1, uuid(2), 3).named == {"project_id": 1, "trace_id": uuid(2), "span_id": 3}
