"""The embedded broker's folder: messages that a killed process left half written."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)


def drop_broken_messages() -> int:
    """Remove message files that hold no JSON; gives how many. Does nothing for a broker that is a server.

    A process killed while it writes leaves an empty file, on which a worker of the filesystem transport
    breaks at its start. Nothing is lost with it: a message only wakes, the database row is the record.
    """
    if not settings.CELERY_BROKER_URL.startswith("filesystem:"):
        return 0
    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
    broken = [path for path in folder.glob("*.msg") if not _is_whole(path)]
    for path in broken:
        path.unlink(missing_ok=True)
    if broken:
        logger.warning("%d half-written messages were thrown away", len(broken))
    return len(broken)


def _is_whole(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    except FileNotFoundError:
        # Another process has taken it meanwhile.
        return True
    return True
