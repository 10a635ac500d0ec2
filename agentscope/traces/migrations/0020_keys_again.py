"""Traces that were examined between spans knowing their key and traces saying it say it now: they
are examined again, the newest first and behind all that is due. Spans from before know no key, so
that traces of them alone have nothing to gain. See traces/examined.py."""

from django.db import migrations

EXAMINE_AGAIN = """
update trace set generation = generation + 1, examine_after = least(examine_after,
    timestamptz '3000-01-01' + greatest(now() - started_at, interval '0'))
where keys = '{}' and last_seen_at >= (
    select min(applied) from django_migrations where app = 'traces' and name = '0015_sent_by')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("traces", "0019_unmetered_of"),
    ]

    operations = [
        migrations.RunSQL(EXAMINE_AGAIN, migrations.RunSQL.noop),
    ]
