"""Honours keep the award and the period of their round, so that honours from before the site can have them too."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    honour = apps.get_model("evaluations", "Honour")
    election = apps.get_model("evaluations", "Election")
    of_round = election.objects.filter(pk=OuterRef("election_id"))
    honour.objects.filter(election__isnull=False).update(
        award_id=Subquery(of_round.values("award_id")[:1]),
        period_first=Subquery(of_round.values("period_first")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_awards_people_trust")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
