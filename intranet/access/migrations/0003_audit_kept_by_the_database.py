from django.db import migrations

from intranet.access import append_only


def protect(apps, schema_editor):
    append_only.protect(schema_editor.connection)


def release(apps, schema_editor):
    append_only.release(schema_editor.connection)


class Migration(migrations.Migration):
    """A later migration that rewrites the table must end with ``append_only.protect``: SQLite drops triggers with it."""

    dependencies = [("access", "0002_audit_entry")]

    operations = [migrations.RunPython(protect, release)]
