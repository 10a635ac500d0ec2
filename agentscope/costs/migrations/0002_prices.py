"""The prices that come with AgentScope, so that a fresh installation knows what calls cost."""

from django.db import migrations

from agentscope.costs.catalogue import read_catalogue, rows_of
from agentscope.costs.write import copy_prices


def load(apps, schema_editor):
    copy_prices(rows_of(read_catalogue()))


class Migration(migrations.Migration):
    dependencies = [("costs", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
