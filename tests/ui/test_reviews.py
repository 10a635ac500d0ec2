"""Pages of reviews: what is to be done, a decision with its verdicts, and what they come to."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from agentscope.projects.models import User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member
from agentscope.records.models import Record
from agentscope.reviews.erase import erase_texts
from agentscope.reviews.fill import fill_from_runs, fill_new_queue
from agentscope.reviews.models import Item, Mention, Queue, Review, Sitting
from agentscope.reviews.sittings import opened
from agentscope.reviews.write import assign, comment, review, set_two_persons
from tests.agentscope.reviews.decided import ANN, BOB, queue, record
from tests.kit.costs import NOON_TIME, agent, call, tell, uuid
from tests.ui.records import words
from tests.ui.test_page_size import MOST_BYTES
from ui.review_words import stands

PAGE = "/p/shop/audit/reviews/"
ONE = f"{PAGE}{uuid(1).hex}/{1:016x}/"
TRACES = "/p/shop/traces/"
ROWS = [f't-{uuid(number).hex}"' for number in (1, 2)]
HOSTILE = "<script>alert(1)</script>\"'"


@pytest.fixture
def case(project, embedded):
    return record(project.pk, effects=["refund"], body={"did": [item(7), item(8), item(7)]})


def item(span: int, what: str = "tool", name: str = "refund") -> dict[str, str]:
    return {"what": what, "name": name, "span": f"{span:016x}", "basis": "declared"}


def post(client, act, **said):
    return client.post(ONE, {"act": act, **said})


def member(project, name: str, role: Role) -> Client:
    user = User.objects.create_user(name)
    add_member(project, user, role)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def test_nothing_is_to_be_reviewed_at_first(client, project, embedded):
    assert "Nothing is to be reviewed" in client.get(PAGE).text
    assert "No queue yet" in client.get(f"{PAGE}queues/").text
    assert "Nothing was reviewed in this time" in client.get(f"{PAGE}rates/").text


def test_a_decision_is_told_in_figures_as_on_its_own_page(client, case):
    own = f"/p/shop/audit/decisions/{uuid(1).hex}/{1:016x}/"
    facts = [
        re.search(r'<dl class="facts">.*?</dl>', client.get(page).text, re.DOTALL).group()
        for page in (ONE, own)
    ]
    assert facts[0] == facts[1]
    assert '<span class="pill" data-tone="good">done</span>' in facts[0]
    assert "refund" in facts[0]


def test_what_was_drawn_is_listed_with_its_queue(client, case):
    made = queue(case.project_id, name="Refunds", only={"effect": "refund"})
    assert fill_new_queue()
    shown = client.get(PAGE).text
    assert "planner" in shown
    assert "1 decision, what is due first" in " ".join(shown.split())
    assert "Refunds" in client.get(f"{PAGE}?queue={made.pk}").text
    assert ONE in shown
    assert "Nothing is reviewed yet" in client.get(f"{PAGE}?show=reviewed").text
    assert "Nobody asks you" in client.get(f"{PAGE}?show=mine").text
    assign(case, ANN, "somebody")
    assert ONE in client.get(f"{PAGE}?show=mine").text
    for odd in ("queue=x", "queue=99999999999999999999", "show=x", "from=-1", "from=99"):
        assert client.get(f"{PAGE}?{odd}").status_code == 200


def test_a_verdict_is_given_with_what_was_opened(client, case):
    tell(case.project_id, agent(1, 1, "planner"), call(1, 7, 1), call(1, 8, 1))
    Record.objects.filter(**case.named).update(body={"did": [item(7), item(8)]})
    shown = client.get(ONE).text
    assert shown.count("tool refund") == 2
    assert ">opened<" not in shown
    opened = client.get(f"{ONE}evidence/{7:016x}/")
    assert opened.url == f"/p/shop/traces/{uuid(1).hex}/?span={7:016x}"
    assert client.get(ONE).text.count(">opened<") == 1
    assert post(client, "verdict", verdict="wrong", why="it was paid").url == f"{ONE}#review"
    made = Review.objects.get()
    assert (made.who, made.verdict, made.text) == ("somebody", "wrong", "it was paid")
    assert made.evidence == [7]
    assert made.seconds is not None
    after = client.get(ONE).text
    assert "it was paid" in after
    assert "1 step opened" in after
    assert ">opened<" not in after  # another sitting has begun


def test_looking_ahead_is_no_looking(client, case):
    client.get(ONE, headers={"sec-purpose": "prefetch;prerender"})
    client.head(ONE)
    assert not Sitting.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Choose what you think of it."),
        ({"verdict": "good"}, "good is not one of the available choices"),
        ({"verdict": "wrong"}, "Say why it is wrong."),
        ({"verdict": "approved", "why": "x" * 2_001}, "at most 2000 characters"),
        ({"verdict": "approved", "why": "\0"}, "Null characters"),
    ],
)
def test_what_is_wrong_with_a_verdict_is_said_beside_it(client, case, said, words):
    shown = post(client, "verdict", **said)
    assert shown.status_code == 200
    assert words in shown.text
    assert not Review.objects.exists()


def test_it_goes_on_with_the_next(client, case):
    queue(case.project_id)
    record(case.project_id, 2)
    assert fill_new_queue()
    assert post(client, "verdict", verdict="approved", next="1").url.startswith(
        f"{PAGE}{uuid(2).hex}"
    )
    other = f"{PAGE}{uuid(2).hex}/{1:016x}/"
    done = client.post(other, {"act": "verdict", "verdict": "approved", "next": "1"})
    assert done.url == PAGE


def test_one_of_two_is_shown_and_somebody_is_one_person_alone(client, case):
    set_two_persons(case.project_id, ["refund"], "ann")
    for _ in range(2):
        post(client, "verdict", verdict="approved")
    shown = " ".join(client.get(ONE).text.split())
    assert "0 of 2 approved" in shown
    assert "everybody is one and the same somebody" in shown
    assert "without accounts" in shown
    assert "0 of 2 approved" in client.get(PAGE).text
    assert "everybody is one" in client.get(f"{PAGE}two-people/").text
    assert Item.objects.get().state == "open"


def test_two_members_approve(project, production):
    case = record(project.pk, effects=["refund"])
    set_two_persons(project.pk, ["refund"], "ann")
    first, second = (member(project, name, Role.OPERATOR) for name in ("ann", "bob"))
    post(first, "verdict", verdict="approved")
    assert "1 of 2 approved" in second.get(ONE).text
    assert "one and the same somebody" not in second.get(ONE).text
    post(second, "verdict", verdict="approved")
    assert "2 of 2 approved" in first.get(ONE).text
    assert Item.objects.get().state == "reviewed"
    assert [each.who for each in Review.objects.filter(**case.named).order_by("pk")] == [
        "ann",
        "bob",
    ]


def test_an_auditor_looks_and_changes_nothing(project, production):
    record(project.pk)
    eyes = member(project, "eve", Role.AUDITOR)
    shown = eyes.get(ONE)
    assert shown.status_code == 200
    assert "<textarea" not in shown.text
    assert "New queue" not in eyes.get(PAGE).text + eyes.get(f"{PAGE}queues/").text
    assert post(eyes, "verdict", verdict="approved").status_code == 403
    assert not Sitting.objects.exists()
    assert member(project, "vic", Role.VIEWER).get(ONE).status_code == 403


def test_a_comment_is_shown_to_whom_it_names(project, production):
    case = record(project.pk)
    ann, bob = (member(project, name, Role.OPERATOR) for name in ("ann", "bob"))
    assert post(ann, "remark", text="@bob was this paid?").url == f"{ONE}#review"
    assert "You are named in" not in ann.get(PAGE).text
    todo = bob.get(PAGE).text
    assert "was this paid?" in todo
    assert ">new<" in todo
    assert "Shown to bob" in " ".join(bob.get(ONE).text.split())
    assert ">new<" not in bob.get(PAGE).text + bob.get(f"{PAGE}mentions/").text
    assert Mention.objects.get().seen_at
    assert "Write something." in post(ann, "remark", text=" ").text
    erase_texts(project.pk, [case.trace_id], "dpo", "asked")
    assert "was this paid?" not in bob.get(ONE).text + bob.get(PAGE).text
    assert "Its text was erased." in bob.get(f"{PAGE}mentions/").text


def test_a_member_is_asked(project, production):
    record(project.pk)
    ann = member(project, "ann", Role.OPERATOR)
    member(project, "bob", Role.ADMIN)
    assert post(ann, "ask", to="bob").url == f"{ONE}#review"
    assert Item.objects.get().assigned_to == "bob"
    assert "is not one of the available choices" in post(ann, "ask", to="eve").text
    assert post(ann, "ask", to="").url == f"{ONE}#review"
    assert Item.objects.get().state == "open"


def test_a_record_that_has_changed_or_is_gone_is_told(client, case):
    review(case, ANN, "wrong", "no")
    record(case.project_id, body={"late": 1}, effects=["refund"])
    assert "the record has changed since" in client.get(ONE).text
    assert "changed since" in client.get(f"{PAGE}?show=reviewed").text
    Record.objects.all().delete()
    gone = client.get(ONE).text
    assert "is gone with its run" in gone
    assert "found wrong" not in gone
    assert "<textarea" not in gone
    assert post(client, "verdict", verdict="approved").status_code == 404


def test_what_is_not_there_is_not_found(client, case):
    for address in (
        f"{PAGE}{uuid(1).hex}/{2:016x}/",
        f"{PAGE}{uuid(2).hex}/{1:016x}/",
        f"{PAGE}{uuid(1).hex}/nothex/",
        f"{ONE}evidence/{9:016x}/",
        f"{ONE}evidence/nothex/",
        f"{PAGE}queues/99/",
    ):
        assert client.get(address).status_code == 404
    assert post(client, "nothing").status_code == 404
    assert not Sitting.objects.exists()


def test_a_queue_is_made_changed_and_deleted(client, project, embedded):
    said = {"name": "Refunds", "share": "5", "effect": "refund*", "cost": "$1.50", "hours": "72"}
    made = client.post(f"{PAGE}queues/new/", {**said, "enabled": "on", "back": "7"})
    assert made.url == f"{PAGE}queues/"
    kept = Queue.objects.get()
    assert (f"{kept.share:f}", kept.only) == ("0.050000", {"effect": "refund*", "cost": "1.50"})
    listed = client.get(f"{PAGE}queues/").text
    assert "5 % of decisions with refund* that cost at least $1.50" in listed
    one = f"{PAGE}queues/{kept.pk}/"
    shown = client.get(one).text
    assert 'value="5"' in shown
    since = kept.since
    assert client.post(one, said | {"name": "Few refunds", "share": "0.1"}).url == made.url
    kept.refresh_from_db()
    assert (kept.name, kept.enabled, kept.since) == ("Few refunds", False, since)
    assert ">off<" in client.get(f"{PAGE}queues/").text
    assert client.post(f"{one}remove/").url == made.url
    assert client.get(one).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "A name has 1 to"),
        ({"share": "200"}, "not above 0 and up to 1"),
        ({"share": "much"}, "“much” is no number"),
        ({"share": "0.00001"}, "at most 6 digits"),
        ({"cost": "2,50"}, "is no number"),
        ({"hours": "5"}, "not one of the available choices"),
        ({"outcome": "odd"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_with_a_queue_is_said_beside_it(client, project, embedded, wrong, words):
    shown = client.post(f"{PAGE}queues/new/", {"name": "q", "hours": "24"} | wrong)
    assert shown.status_code == 200
    assert words in shown.text
    assert not Queue.objects.exists()


def test_what_takes_two_people_is_said(client, project, embedded):
    page = f"{PAGE}two-people/"
    assert client.post(page, {"tools": "refund\n\ntransfer*"}).url == f"{page}?saved=1"
    assert "refund\ntransfer*" in client.get(page).text
    assert "A name has at most" in client.post(page, {"tools": "x" * 201}).text


def test_rates_show_rubber_stamping(client, case):
    for number in range(1, 13):
        one = record(case.project_id, number)
        review(one, ANN, "wrong" if number == 1 else "approved", "x")
        review(one, BOB, "approved", "")
    shown = " ".join(client.get(f"{PAGE}rates/").text.split())
    assert "8.3 % <small>1 of 12, 1.5 to 35.4 %</small>" in shown
    assert "91.7 % of 12" in shown
    assert "100 % <small>12 of 12" in shown
    alike = " ".join(client.get(f"{PAGE}rates/?agent=writer").text.split())
    assert "Nothing was reviewed in this time" in alike
    for chosen in ("7d", "90d", "all", "odd"):
        assert client.get(f"{PAGE}rates/?range={chosen}").status_code == 200


def test_the_page_of_an_agent_tells_how_often_it_was_wrong(project, production):
    tell(project.pk, agent(1, 1, "planner"), call(1, 2, 1, "0.5"))
    page = "/p/shop/agents/planner/?range=all"
    ann = member(project, "ann", Role.OPERATOR)
    assert "Decisions reviewed" not in ann.get(page).text
    post(ann, "verdict", verdict="wrong", why="no")
    shown = " ".join(ann.get(page).text.split())
    assert "Decisions reviewed" in shown
    assert "100 % <small>1 of 1, 20.7 to 100 %</small>" in shown
    assert "too few: 0 of at least 10" in shown
    assert "Decisions reviewed" not in member(project, "vic", Role.VIEWER).get(page).text


def test_a_decision_leads_to_its_review_and_back(client, project, embedded):
    tell(project.pk, agent(1, 1, "planner"), call(1, 2, 1, "0.5"))
    story = f"/p/shop/audit/decisions/{uuid(1).hex}/{1:016x}/"
    assert ONE in client.get(story).text
    assert story in client.get(ONE).text


def test_names_and_texts_are_text(client, project, embedded):
    case = record(
        project.pk, agent=HOSTILE, effects=[HOSTILE], body={"did": [item(7, HOSTILE, HOSTILE)]}
    )
    made = queue(project.pk, name=HOSTILE, only={"agent": HOSTILE, "effect": HOSTILE})
    assert fill_new_queue()
    review(case, ANN, "wrong", HOSTILE)
    comment(case, ANN, f"@somebody {HOSTILE}")
    set_two_persons(project.pk, [HOSTILE], "ann")
    for page in (
        *(PAGE, f"{PAGE}?show=reviewed", f"{PAGE}?queue={made.pk}", ONE, f"{PAGE}rates/"),
        *(f"{PAGE}queues/", f"{PAGE}queues/{made.pk}/", f"{PAGE}two-people/"),
    ):
        shown = client.get(page)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text
        assert "alert(1)" in shown.text


def test_lists_and_the_page_tell_what_was_decided_and_who_said_yes_or_no(client, project, embedded):
    asked = [{"what": "approval", "by": "eve", "words": "rejected"}]
    said = {"authority": "approved", "people": ["eve"], "body": {"authority": asked}}
    case = record(project.pk, 1, agent="refunder", effects=["refund"], **said)
    review(case, ANN, "wrong", "eve said no")
    review(record(project.pk, 2, agent="planner"), ANN, "wrong", "x")
    Record.objects.filter(agent="planner").delete()
    told = "refunder called refund after a no by eve"
    listed = words(client.get(f"{PAGE}?show=reviewed").text)
    assert told in listed
    assert "planner, of which no record is kept" in listed
    assert told in words(client.get(f"{PAGE}{uuid(1).hex}/{1:016x}/").text)


def test_the_list_is_small_and_takes_as_many_queries_however_long_it_is(
    client, project, embedded, django_assert_max_num_queries
):
    queue(project.pk, name="q" * 100)
    for number in range(1, 121):
        case = record(project.pk, number, agent=f"{number} {'a' * 500}", effects=["x" * 300])
        if number < 60:
            review(case, ANN, "wrong", "x" * 2_000)
    while fill_from_runs():
        pass
    for show in ("waiting", "reviewed"):
        with django_assert_max_num_queries(14):
            shown = client.get(f"{PAGE}?show={show}")
        assert len(shown.content) <= MOST_BYTES
        assert "1 to 50 of" in shown.text
        assert f"show={show}&amp;from=50" in shown.text


STORY = f"/p/shop/audit/decisions/{uuid(1).hex}/{1:016x}/"


def test_a_verdict_is_given_on_the_page_of_the_decision(client, project, embedded):
    tell(project.pk, agent(1, 1, "planner"), call(1, 7, 1))
    shown = client.get(STORY).text
    assert f'action="{ONE}"' in shown
    assert client.get(f"{ONE}evidence/{7:016x}/").status_code == 302
    assert ">opened<" in client.get(STORY).text
    assert post(client, "verdict", verdict="wrong", why="paid", on="decision").url == (
        f"{STORY}#review"
    )
    made = Review.objects.get()
    assert (made.evidence, made.seconds is None) == ([7], False)
    assert "1 step opened" in client.get(STORY).text


def test_htmx_is_given_what_is_said_of_it_alone(client, case):
    part = {"HX-Request": "true", "HX-Target": "review"}
    wrong = client.post(ONE, {"act": "verdict", "verdict": "wrong"}, headers=part)
    assert "Say why it is wrong." in wrong.text
    assert wrong.text.count("<main") == 0
    said = {"act": "verdict", "verdict": "approved", "on": "decision"}
    assert "You said" in client.post(ONE, said, headers=part).text
    assert Sitting.objects.get().who == "somebody"  # who looks on looks anew
    last = client.post(ONE, {**said, "next": "1"}, headers=part)
    assert last.headers["HX-Redirect"] == PAGE


def test_whoever_may_not_audit_is_told_nothing_of_reviews(project, production):
    tell(project.pk, agent(1, 1, "planner"), call(1, 7, 1))
    vic, eve = (
        member(project, name, role) for name, role in (("vic", Role.VIEWER), ("eve", Role.AUDITOR))
    )
    assert "reviews/" not in vic.get(STORY).text
    assert 'id="review"' in eve.get(STORY).text
    assert "<textarea" not in eve.get(STORY).text
    assert f"/p/shop/traces/{uuid(1).hex}/?span={1:016x}" in eve.get(STORY).text


def test_the_next_one_is_of_the_queue_and_not_done_by_whoever_asks(client, case):
    set_two_persons(case.project_id, ["refund"], "ann")
    made = queue(case.project_id, only={"effect": "refund"})
    queue(case.project_id, name="others", only={"effect": "mail"})
    for number, effect in ((2, "refund"), (3, "mail"), (4, "refund")):
        record(case.project_id, number, effects=[effect])
    while fill_new_queue():
        pass

    def approve(number: int) -> str:
        page = f"{PAGE}{uuid(number).hex}/{1:016x}/"
        said = {"act": "verdict", "verdict": "approved", "next": "1", "queue": str(made.pk)}
        onwards: str = client.post(page, said).url
        return onwards

    here = f"?queue={made.pk}"
    assert approve(2) == f"{PAGE}{uuid(4).hex}/{1:016x}/{here}"
    assert approve(4) == f"{PAGE}{uuid(1).hex}/{1:016x}/{here}"  # from the start again
    assert f"{uuid(1).hex}/{1:016x}/{here}" in client.get(f"{PAGE}{here}").text
    assert approve(1) == f"{PAGE}{here}"  # all wait for a second person
    assign(record(case.project_id, 5, effects=["refund"]), ANN, "somebody")
    assert Item.objects.filter(reviewed_at=None).count() == 5


def test_such_decisions_as_are_listed_make_a_queue(client, project, embedded):
    record(project.pk, agent=HOSTILE, effects=["refund"])
    record(project.pk, 2)
    listed = "/p/shop/audit/decisions/"
    assert "queues/new" not in client.get(listed).text
    assert "queues/new" not in client.get(f"{listed}?user=ann").text
    shown = client.get(listed, {"agent": HOSTILE, "effect": "refund", "outcome": "done"}).text
    found = re.search(r'href="([^"]*queues/new/[^"]*)"', shown)
    form = client.get(unescape(found[1])).text
    assert 'value="refund"' in form
    assert '<option value="done" selected' in form
    assert "<script>alert" not in form


def test_a_verdict_says_of_which_record_it_is(client, case):
    made = review(case, ANN, "approved", "")
    assert bytes(made.record).hex()[:12] in client.get(ONE).text


def test_what_is_gone_is_listed_as_such(client, case):
    queue(case.project_id)
    assert fill_new_queue()
    assert "No decision was gone" in " ".join(client.get(f"{PAGE}?show=gone").text.split())
    Record.objects.all().delete()
    assert fill_from_runs()
    assert ONE in client.get(f"{PAGE}?show=gone").text
    assert ONE not in client.get(PAGE).text


def test_whoever_is_always_hasty_is_marked_with_a_reason(client, case):
    for number in range(1, 11):
        one = record(case.project_id, number)
        opened(one, "ann")
        review(one, ANN, "approved", "")
    shown = client.get(f"{PAGE}rates/").text
    assert "half took under 10 s" in shown
    assert "90 % or more with nothing opened" in shown


def test_one_withdraws_what_one_said(client, case):
    assert "Withdraw it" not in client.get(ONE).text
    post(client, "withdraw")  # of nothing
    post(client, "verdict", verdict="wrong", why=HOSTILE)
    assert "Withdraw it" in client.get(ONE).text
    for _ in range(2):
        assert post(client, "withdraw").url == f"{ONE}#review"
    shown = client.get(ONE).text
    assert "Withdraw it" not in shown
    assert "replaced by a later one" in shown
    assert ">withdrawn</span>" in shown
    assert [each.verdict for each in Review.objects.order_by("pk")] == ["wrong", "withdrawn"]


def test_whoever_is_outvoted_is_shown(project, production):
    case = record(project.pk, effects=["refund"])
    set_two_persons(project.pk, ["refund"], "ann")
    ann, bob, cid = (member(project, name, Role.OPERATOR) for name in ("ann", "bob", "cid"))
    post(ann, "verdict", verdict="approved")
    post(bob, "verdict", verdict="wrong", why="never paid")
    shown = " ".join(cid.get(ONE).text.split())
    assert "They disagree: whoever says the same as one of them decides." in shown
    assert "wrong or approved: a third decides" in cid.get(PAGE).text
    post(cid, "verdict", verdict="approved")
    shown = cid.get(ONE).text
    assert "They disagree" not in shown
    assert "2 of 2 approved, one says wrong" in shown
    assert "2 of 2 approved, one says wrong" in cid.get(f"{PAGE}?show=reviewed").text
    assert Item.objects.get(**case.named).state == "reviewed"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "open"),
        ({"is_gone": True}, "gone"),
        ({"verdict": "wrong", "reviewed_at": NOON_TIME}, "wrong"),
        ({"needs": 2}, "0 of 2 approved"),
        ({"needs": 2, "is_gone": True}, "gone"),
        ({"needs": 2, "verdict": "approved", "approvals": 1}, "1 of 2 approved"),
        ({"needs": 2, "verdict": "wrong"}, "wrong, 0 of 2 approved"),
        ({"needs": 2, "verdict": "wrong", "reviewed_at": NOON_TIME, "approvals": 1}, "wrong"),
    ],
)
def test_how_it_stands_in_words(said, words):
    assert stands(Item(**said))[0] == words


def test_a_run_with_a_decision_judged_wrong_is_marked_in_the_list_of_runs(client, told_of_two):
    case = told_of_two
    assert "judged wrong in review" not in client.get(TRACES).text
    review(case, BOB, "wrong", "it did not")
    shown = client.get(TRACES).text
    assert 'aria-label="1 decision judged wrong in review"' in shown
    address = unescape(re.search(r'<a class="pill" data-tone="bad" href="([^"]+)"', shown)[1])
    assert address == f"/p/shop/audit/decisions/?trace={uuid(1).hex}&review=wrong"
    assert "planner" in client.get(address).text
    review(case, BOB, "approved", "it did after all")
    assert "judged wrong in review" not in client.get(TRACES).text


def test_runs_are_told_apart_by_what_people_think_of_their_decisions(client, told_of_two):
    case = told_of_two
    review(case, BOB, "wrong", "it did not")
    listed = {
        how: [each in client.get(f"{TRACES}?review={how}").text for each in ROWS]
        for how in ("", "wrong", "approved")
    }
    assert listed == {"": [True, True], "wrong": [True, False], "approved": [False, False]}
    assert "Alert on these" not in client.get(f"{TRACES}?review=wrong").text


def test_who_may_not_see_reviews_is_not_told_by_the_list_of_runs(project, told_of_two, production):
    review(told_of_two, BOB, "wrong", "it did not")
    viewer = member(project, "vi", Role.VIEWER)
    assert "judged wrong" not in viewer.get(TRACES).text
    assert 'name="review"' not in viewer.get(TRACES).text
    assert all(each in viewer.get(f"{TRACES}?review=approved").text for each in ROWS)
    assert "judged wrong" in member(project, "au", Role.AUDITOR).get(TRACES).text


@pytest.fixture
def told_of_two(project, case):
    """Two runs, and a decision of the first."""
    for number in (1, 2):
        tell(project.pk, agent(number, 1, "planner"), call(number, 2, 1))
    return case
