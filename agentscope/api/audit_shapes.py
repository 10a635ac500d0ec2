"""How the ledger looks, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Sent, Shape, count, text, texts


class EraserShape(Shape):
    """The entry that tells that content was erased."""

    position = serializers.IntegerField()
    who = text()
    why = text()


class EntryShape(Shape):
    """What was done."""

    position = serializers.IntegerField(help_text="in the ledger of the project, from 1")
    at = serializers.DateTimeField(help_text="when it was written down")
    kind = text("as docs/audit.md lists them")
    who = text("empty: the ledger speaks of itself, or it was erased")
    what = text("a sentence; empty: it was erased")
    details = serializers.JSONField(
        help_text="for programs, amounts as decimal strings; null: there are none, or it was erased"
    )
    is_erased = serializers.BooleanField(help_text="what it said is not there any more")
    erased_by = EraserShape(
        allow_null=True, help_text="null: nothing was erased, or nobody says so"
    )


class EntriesShape(Shape):
    entries = EntryShape(many=True, help_text="the newest first")
    next = serializers.CharField(
        allow_null=True,
        help_text="`cursor` of the next page, which there may be behind an empty one when a `text` "
        "is looked for; null: last",
    )


class CheckpointShape(Shape):
    """A signed statement of how long the ledger was: a line of checkpoints.jsonl of an export."""

    project = serializers.IntegerField()
    position = serializers.IntegerField(help_text="of the last entry then")
    hash = text("of that entry")
    at = serializers.DateTimeField()
    key = text("the public key, Ed25519")
    signature = text()


class KeptShape(Shape):
    """Where else a checkpoint is kept, or is to be."""

    anchor = text("file, webhook or timestamp")
    place = text()
    kept_at = serializers.DateTimeField(allow_null=True, help_text="null: it is not there")
    next_at = serializers.DateTimeField(
        allow_null=True, help_text="of the next attempt; null: there is none"
    )
    reason = text("why the last attempt failed")


class KeptCheckpointShape(CheckpointShape):
    elsewhere = KeptShape(many=True)


class CheckpointsShape(Shape):
    checkpoints = KeptCheckpointShape(many=True, help_text="the newest first")
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: last")


class OneEntryShape(EntryShape):
    """An entry with what proves it."""

    content = serializers.CharField(
        allow_null=True, help_text="what it says, as it is hashed; null: it was erased"
    )
    content_digest = text("SHA-256 of the content, as all digests in hex")
    previous = text("hash of the entry before")
    key = text("the public key by which it is signed, Ed25519")
    signature = text()
    hash = text()
    fault = text("what is wrong with it by itself; empty: nothing is")
    checkpoint = CheckpointShape(
        allow_null=True, help_text="the first that tells of it; null: none does yet"
    )


class NewVerificationShape(Shape):
    whole = serializers.BooleanField(
        required=False, help_text="take nothing as verified before; else false"
    )


class RunningShape(Shape):
    """A verification that is under way."""

    asked_by = text()
    asked_at = serializers.DateTimeField()
    done = count("entries that were read")
    total = serializers.IntegerField(allow_null=True, help_text="entries; null: not counted yet")


class ResultShape(Shape):
    """What a verification found."""

    sentence = text("in words")
    at = serializers.DateTimeField(help_text="when it ended")
    asked_by = text()
    first = serializers.IntegerField(help_text="the first position that was looked at")
    entries = count("that follow each other")
    erased = count("of which what they said was erased, as another entry tells")
    checkpoints = count("that were compared")
    stamps = count("time stamps of them that hold")
    until = serializers.IntegerField(help_text="the last position up to which nothing is wrong")
    hash = text("of the entry there")
    keys = texts("by which entries are signed")
    bad = serializers.IntegerField(
        allow_null=True, help_text="the first bad position; null: there is none"
    )
    reason = text("what is wrong there")


class StandingShape(Sent):
    """Whether the ledger is as it was written, as far as is known."""

    result = ResultShape(allow_null=True, help_text="null: it was not verified yet")
    newer = count("entries that were not verified yet")
    running = RunningShape(allow_null=True)
    failed = serializers.CharField(
        allow_null=True, help_text="why a newer verification could not be ended; null: none failed"
    )
    is_forged = serializers.BooleanField(
        help_text="somebody wrote a newer result into the database that this server did not sign"
    )
