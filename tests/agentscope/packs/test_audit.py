"""`manage.py audit`: verify, export, key."""

import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from agentscope.budgets.models import Answer
from agentscope.budgets.witness import tell_answers
from agentscope.ledger.anchoring import anchor_due
from agentscope.ledger.export import export
from agentscope.ledger.kinds import RECORDS
from agentscope.ledger.models import Checkpoint
from agentscope.ledger.tasks import tell
from agentscope.ledger.write import append, checkpoint
from agentscope.projects.changes import COMMAND_LINE, INSTALLATION, changes_of, note_change
from agentscope.projects.write import create_project
from agentscope.records.models import Record
from agentscope.records.witness import told_of
from agentscope.witnessing import GuardedSender
from tests.agentscope.budgets.told import ask
from tests.agentscope.ledger.test_tampering import tamper
from tests.kit.corpus import cases, replay

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """A project in which something was changed."""
    project = create_project("shop")
    note_change("price", project.pk, "ann", "Set the price of a model.", {"after": "1.50"})
    return project


def audit(*words):
    """What the command prints."""
    out = StringIO()
    call_command("audit", *map(str, words), stdout=out)
    return out.getvalue()


def test_all_is_well(shop):
    said = audit("verify", "shop")
    assert "2 entries verified" in said
    assert f"Signed by {audit('key').strip()}, which you know." in said
    assert said.endswith("All is well.\n")


def rotate(settings):
    """Replace the secret key, and with it the key that signs; the old public key and the new."""
    before = audit("key").strip()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key"
    return before, audit("key").strip()


def test_a_key_that_was_replaced_is_known_still(shop, settings):
    before, after = rotate(settings)
    note_change("price", shop.pk, "ann", "Set another price.", {"after": "2.50"})
    for said in (audit("verify", "shop"), audit("verify", "shop", "--key", before)):
        assert said.endswith("All is well.\n")
        assert said.index(f"Signed by {before}") < said.index(f"Signed by {after}")


def test_whoever_knows_the_old_key_believes_what_it_introduced_in_an_export(
    shop, settings, tmp_path
):
    before, after = rotate(settings)
    note_change("price", shop.pk, "ann", "Set another price.", {"after": "2.50"})
    audit("export", "shop", tmp_path / "taken")
    assert alone(tmp_path / "taken", before).returncode == 0
    told = alone(tmp_path / "taken", after).stdout
    assert f"First bad position: 1: it is signed by a key that is not known: {before}" in told
    assert alone(tmp_path / "taken", before, "--key", after).returncode == 0


def alone(folder, key, *more):
    """The verifier that was exported, run without the server."""
    return subprocess.run(
        [sys.executable, "-I", folder / "verifier.py", folder, "--key", key, *more],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_of_a_pack_that_begins_behind_a_new_key_that_key_has_to_be_known(shop, settings, tmp_path):
    before, after = rotate(settings)
    note_change("price", shop.pk, "ann", "Set another price.", {"after": "2.50"})
    audit("pack", "shop", tmp_path / "pack", "--from", timezone.now().isoformat())
    told = alone(tmp_path / "pack", before).stdout
    assert f"First bad position: 4: it is signed by a key that is not known: {after}." in told
    assert alone(tmp_path / "pack", after).returncode == 0


def test_until_an_entry_tells_of_a_new_key_the_old_one_signs_checkpoints(shop, settings, tmp_path):
    before, _ = rotate(settings)
    tell()
    export(shop.pk, tmp_path / "taken")
    assert alone(tmp_path / "taken", before).returncode == 0


def test_a_key_that_is_none_of_this_server_s_is_named(shop, settings):
    before = audit("key").strip()
    settings.SECRET_KEY = "another secret key"
    with pytest.raises(CommandError, match=f"Position 1: .* not known: {before}"):
        audit("verify", "shop")
    assert audit("verify", "shop", "--key", before).endswith("All is well.\n")


def test_answers_are_compared_and_one_that_was_changed_is_named(shop):
    ask(shop)
    tell_answers()
    assert (
        "Answers that are as the ledger tells: 1; deleted when they were old, or erased: 0."
        in audit("verify", "shop")
    )
    Answer.objects.update(decision="stop")
    with pytest.raises(CommandError, match=r"Position 3: answer .* was changed"):
        audit("verify", "shop")


def test_decisions_are_compared_and_one_that_was_changed_is_named(shop):
    replay(next(case for case in cases() if case.name == "openai-agents-openinference"), shop.pk)
    Record.objects.update(recorded=3)
    told = {"what": "Decisions.", **told_of(list(Record.objects.all()))}
    append(shop.pk, RECORDS, told)
    count = Record.objects.count()
    assert f"Decisions that are as the ledger tells: {count};" in audit("verify", "shop")
    changed = Record.objects.first()
    Record.objects.filter(pk=changed.pk).update(body={**changed.body, "form": 0})
    with pytest.raises(CommandError, match=f"Position 3: of the decision .*{changed.trace_id.hex}"):
        audit("verify", "shop")


def test_where_the_last_checkpoint_is_kept(shop, settings, tmp_path):
    settings.AGENTSCOPE_ANCHOR_PATH = str(tmp_path / "kept.jsonl")
    tell()
    said = audit("verify", "shop")
    assert "The checkpoint of 2 is not in file yet. Tried again at" in said
    anchor_due(GuardedSender())
    assert f"The checkpoint of 2 is in {tmp_path}/kept.jsonl since" in audit("verify", "shop")


def test_checkpoints_that_were_kept_elsewhere_tell_of_a_cut_end(shop, settings, tmp_path):
    settings.AGENTSCOPE_ANCHOR_PATH = str(kept := tmp_path / "kept.jsonl")
    tell()
    anchor_due(GuardedSender())
    for table in ("checkpoint", "entry", "content", "anchored"):
        tamper(f"delete from ledger_{table} where position > 1")
    assert "All is well." in audit("verify", "shop")
    with pytest.raises(CommandError, match="Position 2: it is missing"):
        audit("verify", "shop", "--kept", kept)
    with pytest.raises(CommandError, match=r"It cannot be told: gone is missing"):
        audit("verify", "shop", "--kept", tmp_path / "gone")


def test_checkpoints_of_other_ledgers_alone_are_nothing_to_compare_with(shop, tmp_path):
    create_project("other")
    note_change("price", shop.pk, "ann", "Set the price of a model.", {})
    audit("export", "shop", tmp_path / "shop")
    audit("export", "other", tmp_path / "other")
    kept = tmp_path / "other" / "checkpoints.jsonl"
    why = "checkpoints.jsonl: no checkpoint in it is of this ledger"
    with pytest.raises(CommandError, match=why):
        audit("verify", "shop", "--kept", kept)
    done = alone(tmp_path / "shop", audit("key").strip(), "--kept", kept)
    assert (done.returncode, why in done.stderr) == (2, True)


def test_without_a_project_it_is_the_ledger_of_the_installation(shop):
    note_change("login", INSTALLATION, "ann", "Logged in.", {})
    assert "2 entries verified" in audit("verify")


def test_what_was_changed_is_named_and_the_command_fails(shop):
    tamper("update ledger_content set text = replace(text, '1.50', '0.50')")
    with pytest.raises(CommandError, match="Position 2: its content was changed"):
        audit("verify", "shop")


def test_another_key_is_not_believed(shop):
    with pytest.raises(CommandError, match="Position 1: it is signed by a key that is not known"):
        audit("verify", "shop", "--key", "00" * 32)


def test_a_folder_has_all_that_is_needed_to_verify(shop, tmp_path):
    said = audit("export", "shop", tmp_path / "ledger")
    files = {file.name for file in (tmp_path / "ledger").iterdir()}
    assert files == {"entries.jsonl", "checkpoints.jsonl", "stamps.jsonl", "verifier.py"}
    assert f"python -I {tmp_path}/ledger/verifier.py {tmp_path}/ledger" in said
    with pytest.raises(CommandError, match="is there already"):
        audit("export", "shop", tmp_path / "ledger")


def test_that_a_ledger_was_exported_is_told_in_it_afterwards(shop, tmp_path):
    audit("export", "shop", tmp_path / "shop")
    (told,) = changes_of(shop.pk, None, 1)
    assert told.who == COMMAND_LINE
    assert told.what == "Exported the ledger: 2 entries, with its checkpoints and the verifier"
    assert "2 entries verified" in alone(tmp_path / "shop", audit("key").strip()).stdout


def test_of_an_empty_ledger_all_that_is_exported_is_counted(tmp_path):
    idle = create_project("idle")
    audit("export", "idle", tmp_path / "idle")
    (told,) = changes_of(idle.pk, None, 1)
    assert told.what.startswith("Exported the ledger: 0 entries,")
    assert (tmp_path / "idle" / "entries.jsonl").read_text() == ""


def test_an_export_does_not_hide_where_the_end_was_cut_off(shop, tmp_path):
    checkpoint(shop.pk)
    for table in ("entry", "content"):
        tamper(f"delete from ledger_{table} where project_id = {shop.pk} and position = 2")
    with pytest.raises(CommandError, match=r"Position 2: it is missing"):
        audit("verify", "shop")
    audit("export", "shop", tmp_path / "shop")
    told = alone(tmp_path / "shop", audit("key").strip())
    assert "First bad position: 2: it is missing" in told.stdout


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_told(shop, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"file/ledger cannot be written: Not a directory\."):
        audit("export", "shop", tmp_path / "file" / "ledger")
    assert changes_of(shop.pk, None, 1)[0].what == "Set the price of a model."


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["verify", "shop", "--key", "zz"], "“zz” is not 64 hexadecimal digits"),
        (["pack", "shop", "x.zip", "--from", "2026-13-01"], "“2026-13-01” is none: write 2026-11-"),
        (["pack", "shop", "x.zip", "--from", "0001-01-01T00:00+14:00"], "is none: write 2026-11-"),
        (
            ["pack", "shop", "x.zip", "--trace", "8e5a"],
            "write the 32 hexadecimal digits of a trace",
        ),
        (["pack", "shop", "x.zip", "--decision", "9"], "write the 16 hexadecimal digits of a step"),
    ],
)
def test_what_is_written_wrongly_is_named(words, reason):
    with pytest.raises(CommandError, match=reason):
        audit(*words)


def test_a_pack_that_cannot_be_written_is_named(shop, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"file/pack.zip cannot be written: Not a directory\."):
        audit("pack", "shop", tmp_path / "file" / "pack.zip", "--from", "2026-11-01")


def test_a_period_is_told_in_utc_wherever_it_was_asked_for(shop, tmp_path):
    said = audit("pack", "shop", tmp_path / "x.zip", "--from", "2026-11-01T02:30+05:00")
    assert "A pack of what was from 2026-10-31 21:30 UTC: " in said
    (told,) = changes_of(shop.pk, None, 1)
    assert told.details["of"]["since"] == "2026-10-31T21:30:00+00:00"


def test_a_key_may_be_written_in_capitals(shop):
    assert audit("verify", "shop", "--key", audit("key").strip().upper()).endswith("All is well.\n")


def test_a_project_that_is_not_there():
    with pytest.raises(CommandError, match="There is no project “nobody”"):
        audit("verify", "nobody")


def test_each_ledger_that_grew_is_told_of_once(shop):
    tell()
    tell()
    assert [told.position for told in Checkpoint.objects.all()] == [2]
    note_change("price", shop.pk, "ann", "Set it again.", {})
    tell()
    assert sorted(told.position for told in Checkpoint.objects.all()) == [2, 3]
