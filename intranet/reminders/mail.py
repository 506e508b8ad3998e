"""Mail as files: the embedded default needs no mail server, and nothing gets lost."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmlFileBackend(BaseEmailBackend):
    """One ``.eml`` a message in EMAIL_FILE_PATH, named after its Message-ID; never half written."""

    def __init__(self, *args, file_path: str | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        return sum(self._write(message) for message in email_messages if message.recipients())

    def _write(self, email: EmailMessage) -> bool:
        message = email.message()
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", str(message["Message-ID"])).strip("-.")[:80]
        path = self.folder / f"{name}-{uuid.uuid4().hex[:12]}.eml"
        unfinished = path.with_suffix(".part")
        try:
            unfinished.write_bytes(message.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
            os.replace(unfinished, path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            if not self.fail_silently:
                raise
            return False
        return True
