"""The embedded broker: messages as files, never half written, and a broken one stops nobody.

Kombu's own filesystem transport opens a file and then writes it. Who looks in between (the worker, while
beat in the same process sends its tick) reads an empty file and ends; a process killed in between leaves
one, on which every later worker ends at its start. Nothing is lost with a broken message: a message only
wakes, the database row is the record.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)

_binding = threading.Lock()


class WholeFilesChannel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:
        # Readers take them by name: nanoseconds, so that two of one moment keep their order.
        name = f"{time.monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out, name)
        # Nobody's queue: readers go by the end of the name.
        unfinished = path.with_suffix(".part")
        unfinished.write_text(dumps(payload))
        os.replace(unfinished, path)

    def _get(self, queue: str) -> dict[str, Any]:
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                # The file is gone already: it is taken out before it is read.
                logger.warning("A half-written message was thrown away")

    def queue_bind(self, *args: Any, **kwargs: Any) -> None:
        # What is bound is noted for all threads before it stands in the table: a thread that sends
        # in between would find no queue, and its tick would go nowhere.
        with _binding:
            super().queue_bind(*args, **kwargs)

    def _queue_bind(self, exchange: str, *args: Any) -> None:
        self._begin_table(self._exchange_file(exchange))
        super()._queue_bind(exchange, *args)

    def _begin_table(self, table: Path) -> None:
        """Put an empty table where none is, or one that holds nothing, at once and whole."""
        if table.exists() and table.stat().st_size:
            return
        self.control_folder.mkdir(exist_ok=True)
        begun = table.with_suffix(f".{uuid.uuid4().hex}")
        begun.write_text("[]")
        if table.exists():
            os.replace(begun, table)
            return
        try:
            os.link(begun, table)
        except FileExistsError:
            logger.debug("Another process has begun the table meanwhile")
        finally:
            begun.unlink()


class Transport(filesystem.Transport):
    Channel = WholeFilesChannel
