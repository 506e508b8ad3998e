from django.db import migrations

from intranet.workdays.official import official_days, source


def seed(apps, schema_editor):
    """Holidays and make-up workdays of every year whose official notice the package knows."""
    day_model = apps.get_model("workdays", "Day")
    year_model = apps.get_model("workdays", "Year")
    alias = schema_editor.connection.alias
    known = official_days()
    day_model.objects.using(alias).bulk_create(
        [
            day_model(day=item.day, kind="holiday" if item.off else "workday", name=item.name, source=source())
            for item in known
        ],
        ignore_conflicts=True,
    )
    year_model.objects.using(alias).bulk_create(
        [
            year_model(year=year, announced=True, source=source())
            for year in sorted({item.day.year for item in known if item.off})
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("workdays", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
