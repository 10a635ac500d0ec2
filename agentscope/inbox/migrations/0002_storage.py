"""Bodies come compressed or are short-lived: do not spend time on compressing them again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"alter table {table} alter body set storage external", migrations.RunSQL.noop
        )
        for table in ("inbox", "dead_letter")
    ]
