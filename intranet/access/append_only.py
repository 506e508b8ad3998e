"""The database's own refusal to change or delete an entry of the audit log, whoever asks and by which way.

Only one thing may still happen to an entry: when an app is taken out for good, its kind of object becomes empty.
"""

from __future__ import annotations

from typing import Any

TABLE = "access_auditentry"
SENTENCE = "The audit log is append-only"
NAME = "access_audit_kept"
KEPT_COLUMNS = (
    *("id", "label", "action", "data", "timestamp", "uuid", "content_changed", "deleted"),
    *("object_id", "address", "revision_id", "user_id"),
)
EVENTS = (
    ("delete", "DELETE", ""),
    ("change", f"UPDATE OF {', '.join(KEPT_COLUMNS)}", ""),
    ("rename", "UPDATE OF content_type_id", "NEW.content_type_id IS NOT NULL"),
)


def protect(connection: Any) -> None:
    """Make the triggers; connection is open, on SQLite or PostgreSQL."""
    with connection.cursor() as cursor:
        for statement in _on_sqlite() if connection.vendor == "sqlite" else _on_postgresql():
            cursor.execute(statement)


def release(connection: Any) -> None:
    """Take the triggers away: for a migration that rewrites the table, and for emptying a test's database."""
    on = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
    with connection.cursor() as cursor:
        for key, _event, _condition in EVENTS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{key}{on}")


def _on_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {NAME}_{key} BEFORE {event} ON {TABLE}{f' WHEN {condition}' if condition else ''} "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        for key, event, condition in EVENTS
    ]


def _on_postgresql() -> list[str]:
    refusal = (
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    triggers = [
        f"CREATE TRIGGER {NAME}_{key} BEFORE {event} ON {TABLE} FOR EACH ROW"
        f"{f' WHEN ({condition})' if condition else ''} EXECUTE FUNCTION {NAME}()"
        for key, event, condition in EVENTS
    ]
    return [refusal, *triggers]
