"""No feed token in any log: whoever has a token reads a person's calendar."""

import logging
import re

_TOKEN = re.compile(r"(/feeds/)[^/\s?\"'.]{8,}")


class MaskingFormatter(logging.Formatter):
    """Writes ``/feeds/***.ics`` for every feed address, in messages and tracebacks alike."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub(r"\1***", super().format(record))
