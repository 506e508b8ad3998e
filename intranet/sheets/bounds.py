"""How large a sheet may be. Plain numbers without Django: the reader's child process loads this too."""

from __future__ import annotations

from dataclasses import asdict, dataclass

# Title, instructions and headings stand above the rows that count.
ROOM_ABOVE = 100


@dataclass(frozen=True)
class Bounds:
    """Sizes in bytes, time in seconds. The defaults are the hall's; settings named SHEETS_… change them."""

    upload: int = 5 * 1024 * 1024
    unpacked: int = 50 * 1024 * 1024
    members: int = 2000
    ratio: int = 150
    # A small member may pack very well without harm.
    ratio_from: int = 4 * 1024 * 1024
    rows: int = 20_000
    columns: int = 60
    cell: int = 32_767
    # All texts of a file together: one long text may stand in every cell and be kept only once.
    text: int = 24 * 1024 * 1024
    sheets: int = 60
    memory: int = 512 * 1024 * 1024
    seconds: int = 10

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Refused(Exception):
    """The whole file cannot be read. ``code`` is published in docs/sheets.md; ``about`` fills its sentence."""

    def __init__(self, code: str, **about: object) -> None:
        super().__init__(code)
        self.code = code
        self.about = about
