from ui.conversation import SHOWN_TURNS, conversation


def call(id, name="search", value=None):
    return {"type": "tool_call", "id": id, "name": name, "value": value or {"q": "cats"}}


def result(id, value):
    return {"type": "tool_result", "id": id, "value": value, "is_error": False}


def message(role, *parts):
    return {"role": role, "parts": list(parts)}


def text(said):
    return {"type": "text", "text": said}


def test_a_call_stands_with_its_answer():
    talk = conversation(
        [
            message("user", text("cats?")),
            message("assistant", call("1")),
            message("tool", result("1", "3 cats")),
        ],
        None,
    )
    assert [turn.role for turn in talk.turns] == ["user", "assistant"]
    (piece,) = talk.turns[1].pieces
    assert (piece.name, piece.answer.shown) == ("search", "3 cats")
    assert piece.text.shown == '{\n  "q": "cats"\n}'


def test_an_id_used_twice_is_answered_in_order():
    talk = conversation(
        [
            message("assistant", call("1")),
            message("tool", result("1", "first")),
            message("assistant", call("1")),
            message("tool", result("1", "second")),
        ],
        None,
    )
    assert [turn.pieces[0].answer.shown for turn in talk.turns] == ["first", "second"]


def test_an_answer_without_its_call_is_shown_on_its_own():
    talk = conversation([message("tool", result("9", {"cats": 3}))], None)
    assert talk.turns[0].pieces[0].type == "tool_result"


def test_a_call_without_id_pairs_with_nothing():
    talk = conversation(
        [message("assistant", call(None)), message("tool", result(None, "x"))], None
    )
    assert [piece.type for turn in talk.turns for piece in turn.pieces] == [
        "tool_call",
        "tool_result",
    ]
    assert talk.turns[0].pieces[0].answer is None


def test_long_text_is_cut_and_says_what_is_left():
    talk = conversation([message("user", text("x" * 50))], 20)
    assert talk.turns[0].pieces[0].text.left == 30


def test_long_conversations_show_the_latest_turns_and_count_the_others():
    said = [message("user", text(str(number))) for number in range(SHOWN_TURNS + 5)]
    talk = conversation(said, 100)
    assert (len(talk.turns), talk.left_out) == (SHOWN_TURNS, 5)
    assert talk.turns[-1].pieces[0].text.shown == str(SHOWN_TURNS + 4)
    assert conversation(said, None).left_out == 0


def test_other_parts_keep_their_source():
    part = {"type": "media", "value": {"mime_type": "image/png", "data": "aGk="}}
    (piece,) = conversation([message("user", part)], None).turns[0].pieces
    assert (piece.type, piece.name) == ("media", "image/png")
    assert "image/png" in piece.text.shown


def test_long_instructions_are_folded_and_questions_are_not():
    said = "You are careful. " * 40
    system, user = conversation(
        [message("system", text(said)), message("user", text(said))], None
    ).turns
    assert system.beginning.startswith("You are careful.")
    assert user.beginning == ""
    (short,) = conversation([message("system", text("Be brief."))], None).turns
    assert short.beginning == ""
