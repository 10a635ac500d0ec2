"""What is found, in which languages, and what is not."""

from __future__ import annotations

from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.pipeline import examine
from agentscope.search.models import SearchBlock
from agentscope.search.read import search
from agentscope.search.syntax import parse
from agentscope.search.words import words
from agentscope.traces.clocks import moment
from agentscope.traces.models import SpanPayload
from agentscope.traces.read import TraceFilters
from tests.kit.otlp import START
from tests.kit.searching import (
    SECOND,
    call,
    found,
    look_for,
    record,
    step,
    store,
    store_records,
    tool,
    trace_id,
)

pytestmark = pytest.mark.django_db

NUMBERS = count(1)
SAID = {  # what is said, and what is looked for
    "English": ("Please refund the late parcel.", "parcel"),
    "Chinese": ("我想查询订单的状态。", "订单"),
    "one Chinese character": ("那只猫在睡觉", "猫"),
    "Japanese": ("注文の状態を確認してください", "状態"),
    "Japanese beside Latin": ("新しいiPhoneを買う", "iphone"),
    "Korean": ("주문을 취소해 주세요", "주문"),
    "Thai": ("กรุณาตรวจสอบสถานะคำสั่งซื้อ", "สถานะ"),
    "Arabic": ("أين طلبي رقم خمسة", "طلبي"),
    "Hindi": ("कृपया मेरी स्थिति बताइए", "स्थिति"),
    "Hebrew": ("איפה ההזמנה שלי", "ההזמנה"),
    "Russian": ("Где мой Заказ сейчас?", "заказ"),
    "Greek": ("Πού είναι η ΠΑΡΑΓΓΕΛΊΑ μου", "παραγγελία"),
    "German": ("Die Donaudampfschifffahrt fährt", "donaudampfschifffahrt"),
    "sharp s": ("Die STRASSE ist lang", "straße"),
    "French": ("Où est ma commande déjà payée ?", "DÉJÀ"),
    "Vietnamese": ("Đơn hàng của tôi ở đâu", "đơn"),
    "an emoji": ("launched 🚀 today", "🚀"),
    "an emoji of several": ("our 👩\u200d💻 is here", "👩\u200d💻"),
    "full width": ("code \uff21\uff22\uff23\uff11\uff12\uff13 expired", "abc123"),
    "an identifier": ("it calls get_order_status(42) twice", "get_order_status"),
    "a part of an identifier": ("it calls get_order_status(42) twice", "status"),
    "a path": ("see /srv/shop/orders.py:217", "shop/orders.py"),
    "an id": ("ticket 7f3a9c1e-22bd failed", "7f3a9c1e-22bd"),
    "percent": ("a discount of 100% was given", "100%"),
    "underscore": ("the _private one", "_private"),
    "decomposed": ("un cafe\u0301 noir", "café"),
}


@pytest.mark.parametrize(("said", "wanted"), SAID.values(), ids=SAID)
def test_in_any_language(said, wanted):
    store(call(1, said), call(2, "nothing of it 订 単 zakaz"))
    assert found(wanted) == [1]
    assert found(f'"{wanted}"') == [1]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("the parcels", "parcel"),  # a word is whole
        ("get_order_status", '"order status"'),
        ("100 or more", "100%"),
        ("aXb", "a_b"),
        ("late parcel", '"parcel late"'),
        ("单订", "订单"),
        ("prefix100", "100"),
    ],
)
def test_what_is_not_there_is_not_found(said, wanted):
    store(call(1, said))
    assert found(wanted) == []


def test_a_phrase_is_exact_but_for_case_and_white_space():
    store(call(1, "The Late\n   Parcel came"), call(2, "parcel was late"))
    assert found('"late parcel"') == [1]
    assert sorted(found("late parcel")) == [1, 2]


def test_wherever_it_was_said():
    store(
        tool(1, arguments={"query": "blue whales"}),
        tool(2, result={"rows": [{"text": "grey seals"}]}),
        call(3, system="You look after red foxes."),
        call(4, answered="There are two white owls."),
        step(5, name="feed the otters"),
        step(6, shop__note="brown bears sleep"),
    )
    store_records(record(7, "black ravens came"))
    store(step(7))
    places = {}
    for number, wanted in enumerate(("whales", "seals", "foxes", "owls", "otters", "bears"), 1):
        [(trace, hit)] = look_for(wanted).items
        assert trace.trace_id == trace_id(number)
        places[wanted] = hit.sight.place
    assert places == {
        "whales": "arguments",
        "seals": "result",
        "foxes": "system",
        "owls": "output",
        "otters": "name",
        "bears": "shop.note",
    }
    [(trace, hit)] = look_for("ravens").items
    assert (trace.trace_id, hit.span_id, hit.sight.place) == (trace_id(7), 1, "log record")
    assert found("query") == [1]  # the name of an argument


def test_json_inside_of_json_is_found_as_what_it_means():
    inner = '{"city": "\\u4eac\\u90fd", "note": "first\\nsecond", "face": "\\ud83d\\ude80"}'
    store(call(1, f"The tool said: {inner}"), call(2, "C:\\new\\table"))
    assert found("京都") == found("second") == found("🚀") == [1]
    assert found("new") == found("table") == [2]


def test_words_are_of_one_step():
    store(call(1, "refund"), call(1, "parcel", span=2), call(2, "parcel", answered="refund"))
    assert found("refund parcel") == [2]


def test_a_sight_says_where_and_what_surrounds_it():
    store(call(1, f"{'so ' * 40}Then the Parcel  was lost {'again ' * 40}", span=9))
    [(_, hit)] = look_for("parcel").items
    assert hit.span_id == 9
    assert (hit.sight.place, hit.sight.found) == ("input", "Parcel")
    assert hit.sight.before.startswith("…")
    assert hit.sight.before.endswith("so Then the ")
    assert hit.sight.after.startswith(" was lost again")
    assert hit.sight.after.endswith("…")


def test_other_projects_are_not_searched():
    store(call(1, "parcel"), project=2)
    assert found("parcel") == []
    assert found("parcel", project=2) == [1]


def test_newest_first_and_within_a_time():
    store(call(1, "parcel"))
    store(call(2, "parcel", start_ns=START + 100 * SECOND))
    store(call(3, "parcel", start_ns=START - 90_000 * SECOND))
    assert found("parcel") == [2, 1, 3]
    assert found("parcel", since=moment(START // 1000)) == [2, 1]
    assert found("parcel", until=moment(START // 1000 + 1)) == [1, 3]


def test_with_the_filters_of_the_list():
    store(tool(1, arguments="parcel", gen_ai__agent__name="planner"), call(2, "parcel"))
    for number in (1, 2):
        examine(1, trace_id(number))
    assert found("parcel", tool="look_up") == found("parcel tool=look_up") == [1]
    assert found("parcel", model="gpt-4o") == found("parcel model in (x, gpt-4o)") == [2]
    assert found("parcel", agent="nobody") == []


def test_pages_go_on_where_the_one_before_ended_and_tell_nothing_twice():
    for number in range(1, 8):
        store(call(number, "parcel", start_ns=START + number * SECOND))
    store(call(1, "parcel", span=2, start_ns=START + 20 * SECOND))
    seen, after = [], None
    for _ in range(5):
        page = search(1, parse("parcel"), TraceFilters(), after, limit=2, seconds=60)
        seen.append([trace.trace_id.int for trace, _ in page.items])
        after = page.next
        if after is None:
            break
    assert [each for page in seen for each in page] == [1, 7, 6, 5, 4, 3, 2]


def test_without_time_it_says_where_it_stopped():
    store(call(1, "parcel"))
    page = search(1, parse("parcel"), TraceFilters(), seconds=-1)
    assert (page.items, page.is_full) == ([], False)
    assert page.next is not None
    later = search(1, parse("parcel"), TraceFilters(), page.next, seconds=60)
    assert [trace.trace_id.int for trace, _ in later.items] == [1]
    assert later.next is None


def test_what_retention_took_is_not_found():
    store(call(1, "parcel"))
    SpanPayload.objects.all().delete()
    assert found("parcel") == []


def test_sent_twice_is_stored_once():
    store(call(1, "parcel"))
    store(call(1, "parcel"))
    assert SearchBlock.objects.count() == 1


def test_the_copy_that_is_kept_is_the_one_that_is_found():
    open_one = call(1, "parcel")
    open_one.end_time_unix_nano = 0
    store(open_one)
    store(call(1, "letter"))
    assert (found("parcel"), found("letter")) == ([], [1])


def test_the_number_of_queries_does_not_grow():
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            look_for("parcel")
        return len(captured)

    store(call(1, "parcel"))
    few = queries()
    store(*(call(number, "parcel", span=number) for number in range(2, 30)))
    assert queries() == few


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=25,
)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_every_word_of_a_text_finds_its_trace(text):
    SearchBlock.objects.all().delete()
    store(call(number := next(NUMBERS), text))
    for word in set(words(text)):
        assert found(f'"{word}"') == [number]
