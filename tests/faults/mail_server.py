"""A mail server in a process of its own, which notes what it took: ``python -m tests.faults.mail_server FOLDER``.

FOLDER/port holds its port once it listens. FOLDER/begun gets a line when a message has come in, FOLDER/taken its
Message-ID right before it is answered for. ``--pause`` seconds lie between the two; ``--drop N`` breaks every N-th
connection off after its first message, which then was not taken.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Taker:
    """aiosmtpd asks it about every message."""

    def __init__(self, folder: Path, pause: float, drop: int) -> None:
        self.folder, self.pause, self.drop = folder, pause, drop
        self.files = {
            name: os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT) for name in ("begun", "taken")
        }
        self.connections = 0

    def note(self, name: str, line: str) -> None:
        os.write(self.files[name], f"{line}\n".encode())

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:
        identity = str(message_from_bytes(envelope.content)["Message-ID"]).strip()
        self.note("begun", identity)
        await asyncio.sleep(self.pause)
        if self.drop and server.number % self.drop == 0:
            server.transport.abort()
            return "421 gone"
        if server.transport is None or server.transport.is_closing():
            # Whoever sent it is gone and will send it again.
            return "421 gone"
        self.note("taken", identity)
        return "250 taken"


class Counted(SMTP):
    """A connection that knows which one it is."""

    number = 0

    def connection_made(self, transport) -> None:
        self.event_handler.connections += 1
        self.number = self.event_handler.connections
        super().connection_made(transport)


async def serve(folder: Path, pause: float, drop: int) -> None:
    taker = Taker(folder, pause, drop)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Counted(taker, loop=loop), "127.0.0.1", 0)
    unfinished = folder / "port.part"
    unfinished.write_text(str(server.sockets[0].getsockname()[1]))
    unfinished.rename(folder / "port")
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--drop", type=int, default=0)
    given = parser.parse_args()
    asyncio.run(serve(given.folder, given.pause, given.drop))
