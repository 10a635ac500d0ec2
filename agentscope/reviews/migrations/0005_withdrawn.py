"""What is said of a decision may also be that a verdict is withdrawn."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_items_follow")]

    operations = [migrations.AlterField("review", "verdict", models.TextField())]
