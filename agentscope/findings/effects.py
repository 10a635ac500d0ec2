"""Which tools change something, by their names: for others a repetition has no effect.

A name says it by its verb. A project can say more: see limits.py.
"""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
CHANGES = frozenset(
    "add append apply approve archive assign book buy cancel charge checkout click close commit"
    " create delete deploy disable drop edit enable execute exec fill insert install invite issue"
    " merge modify move order patch pay post press publish push put refund register rename replace"
    " reply reserve reset restart revoke save schedule send set submit transfer trigger type update"
    " upload upsert write".split()
)
# What is read in order to change, or changes nothing though it sounds like it.
READS = frozenset(
    "check count describe exists fetch find get grep inspect list load look lookup ls monitor poll"
    " query read retrieve scan search show stat status view wait watch".split()
)
POLLS = frozenset(
    "status state progress poll wait ready monitor health ping sleep heartbeat".split()
)
# What is done once more each time: a second mail, a second payment. To set, save or delete the same
# twice comes to the same, and what clicks or executes is repeated for good reasons.
AGAIN = frozenset(
    "append book buy charge checkout create deploy donate grant insert invite issue launch mail"
    " notify order pay place post publish push purchase refund register reply reserve restart"
    " schedule send submit tip transfer trigger tweet withdraw".split()
)
# Of these some are things as well: `order_status`. In front they are verbs for certain.
VERBS = AGAIN - frozenset(
    "book charge invite issue mail order post refund schedule transfer".split()
)
# What is done to a screen, or with the keys of it: the same again goes on from where it was.
ON_SCREEN = frozenset(
    "click computer drag hotkey hover key keypress press scroll swipe tap".split()
)
ONCE = frozenset("draft dry ensure idempotent once or replace simulate set upsert validate".split())
VERBAL = CHANGES | READS | AGAIN
# Of tools that write down what is to be done: nothing is done by that.
PLANS = frozenset("plan plans planner planning replan todo todos".split())
# Control that is handed to another agent by a tool, as frameworks name it; of money it is none.
HANDS = re.compile(
    r"(?i)^(hand_?off|transfer_?to|transfer_?back)(?!.*(?:account|bank|card|savings|wallet))"
)
BESIDE_PLANS = frozenset(
    "a add create current draft enter exit generate list make manage mode my new next propose"
    " revise save set step steps submit task tasks the tool update write".split()
)
LISTS = frozenset(("task", "list")), frozenset(("tasks", "list"))
WRITES = frozenset("add create make manage revise set update write".split())


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a tool's name, in lower case: `getOrderStatus` and `get_order-status`."""
    return tuple(word.lower() for word in WORD.findall(name))


@lru_cache(maxsize=4096)
def changes_state(name: str) -> bool:
    """Whether a tool changes something, by the first verb of its name."""
    if plans(name) or hands_over(name):
        return False
    for word in words(name):
        if word in READS:
            return False
        if word in CHANGES:
            return True
    return False


@lru_cache(maxsize=4096)
def polls(name: str) -> bool:
    """Whether a tool asks how far something is, by the words of its name."""
    return any(word in POLLS for word in words(name))


@lru_cache(maxsize=4096)
def works_a_screen(name: str) -> bool:
    """Whether a tool does on a screen what people do with a mouse and keys: `browser_scroll`."""
    return not ON_SCREEN.isdisjoint(words(name)[:2])


@lru_cache(maxsize=4096)
def does_it_again(name: str) -> bool:
    """Whether a tool that is called twice alike does its work twice, by the first verb of its name:
    `update_order` orders nothing."""
    said = words(name)
    if plans(name) or hands_over(name) or not ONCE.isdisjoint(said):
        return False
    verb = next((word for word in said if word in VERBAL), "")
    is_thing = verb not in VERBS and not (READS | POLLS).isdisjoint(said)
    return verb in AGAIN and not is_thing


@lru_cache(maxsize=4096)
def plans(name: str) -> bool:
    """Whether a tool writes down a plan, and its name says nothing else: `write_todos`. What reads
    one writes nothing: `TodoRead`, `get_plan`, `list_todos`."""
    said = set(words(name))
    if words(name)[:1] == ("list",):
        return False  # it lists them
    is_list = any(each < said for each in LISTS) and bool(said & WRITES)
    return (bool(said & PLANS) or is_list) and said <= PLANS | BESIDE_PLANS


@lru_cache(maxsize=4096)
def hands_over(name: str) -> bool:
    """Whether a tool only says which agent goes on: `transfer_to_billing`."""
    return HANDS.search(name) is not None
