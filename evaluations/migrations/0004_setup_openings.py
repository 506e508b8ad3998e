# Awards remember since when their rounds open by themselves; candidates may come from earlier honours.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0003_honours_know_their_award")]

    operations = [
        migrations.AddField(
            model_name="award",
            name="opens_since",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="nomination",
            name="kind",
            field=models.CharField(
                choices=[
                    ("unit", "by the unit"),
                    ("self", "by oneself"),
                    ("colleague", "by a colleague"),
                    ("honours", "by earlier honours"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
