from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_key_scopes"), ("ledger", "0003_changes")]

    operations = [migrations.DeleteModel(name="Change")]
