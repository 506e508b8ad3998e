"""A round keeps the head its events had when it was commended; rounds commended before get theirs from the chain."""

from django.db import migrations, models


def fill(apps, schema_editor):
    """The commendation holds the round's row from its instant on: the first event since then is its own."""
    event = apps.get_model("evaluations", "ElectionEvent")
    for election in apps.get_model("evaluations", "Election").objects.filter(published_at__isnull=False):
        since = event.objects.filter(election=election, at__gte=election.published_at).order_by("number").first()
        if since is not None:
            election.commended_head = since.hash
            election.save(update_fields=["commended_head"])


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0006_unanswered_is_not_declined")]
    operations = [
        migrations.AddField(
            model_name="election",
            name="commended_head",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
