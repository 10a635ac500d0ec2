"""What people changed before there was a ledger is taken over into it, with the times of then."""

import secrets
from typing import Any

from django.db import migrations

from agentscope.ledger import signing, verifier
from agentscope.ledger.canonical import canonical
from agentscope.ledger.kinds import OPENED
from agentscope.ledger.read import BEFORE, moment, parsed
from agentscope.ledger.write import SALT, link


def take_over(apps: Any, _schema: Any) -> None:
    """Each change becomes an entry, in their order."""
    changes = apps.get_model("projects", "Change").objects
    for project in changes.values_list("project_id", flat=True).distinct():
        last = verifier.Entry(project, 0, "", "", "", "", "", "", verifier.NOTHING)
        key = signing.public(signing.signing_key()).hex()
        last = add(apps, last, OPENED, {"what": "The ledger was opened.", "public_key": key})
        for change in changes.filter(project_id=project).order_by("pk"):
            said = {"who": change.who, "what": change.what, "details": change.details}
            last = add(apps, last, BEFORE, {**said, "at": moment(change.changed_at)})


def add(apps: Any, last: verifier.Entry, kind: str, said: dict[str, Any]) -> verifier.Entry:
    """Add an entry to the tables as they are at this migration."""
    text = canonical({**said, "salt": secrets.token_hex(SALT)})
    entry = link(last, kind, text, signing.signing_key())
    place = {"project_id": entry.project, "position": entry.position}
    apps.get_model("ledger", "Entry").objects.create(
        **place,
        at=parsed(entry.at),
        kind=kind,
        content_digest=bytes.fromhex(entry.content),
        **{name: bytes.fromhex(getattr(entry, name)) for name in DIGESTS},
    )
    apps.get_model("ledger", "Content").objects.create(**place, text=text)
    return entry


DIGESTS = ("previous", "key", "signature", "hash")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_refusing"), ("projects", "0007_key_scopes")]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
