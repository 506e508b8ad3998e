"""Looking into a zip package before any library opens it: how many members, how large, how tightly packed.

Plain Python without Django: the reader of sheets loads this in its child process.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass


class BadArchive(Exception):
    """A package that must not be opened. ``code``: unreadable, bomb, too_large or password."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes. ``ratio``: how much larger than packed a member may be that is larger than ``ratio_from``."""

    unpacked: int
    members: int
    ratio: int = 150
    ratio_from: int = 4 * 1024 * 1024


def contents(data: bytes, limits: Limits, *, wanted: Callable[[str], bool]) -> tuple[list[str], dict[str, bytes]]:
    """The members' names in small letters, and the bytes of those ``wanted``. Raises BadArchive.

    Two members with one name, or one that holds more than its entry says, are refused: another reader would see
    something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = judged(package, limits)
            return list(infos), {name: inflated(package, info) for name, info in infos.items() if wanted(name)}
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
        *(ValueError, OSError, struct.error),
    ) as error:
        raise BadArchive("unreadable") from error


def judged(package: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The entries by name in small letters (readers look no closer), after the directory was judged."""
    infos = {info.filename.replace("\\", "/").lower(): info for info in package.infolist()}
    if len(package.infolist()) > limits.members or len(infos) != len(package.infolist()):
        raise BadArchive("bomb")
    if sum(info.file_size for info in infos.values()) > limits.unpacked:
        raise BadArchive("too_large")
    for info in infos.values():
        if info.flag_bits & 1:
            raise BadArchive("password")
        if info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise BadArchive("bomb")
    return infos


def inflated(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes; refused when it holds more than its entry says, where another reader would go on."""
    if info.compress_type != zipfile.ZIP_DEFLATED or package.fp is None:
        return package.read(info)
    package.fp.seek(info.header_offset)
    header = package.fp.read(30)
    if header[:4] != b"PK\x03\x04":
        raise BadArchive("unreadable")
    package.fp.seek(sum(struct.unpack("<HH", header[26:])), os.SEEK_CUR)
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    content = stream.decompress(package.fp.read(info.compress_size), info.file_size + 1)
    if len(content) > info.file_size or (content and not stream.eof):
        raise BadArchive("bomb")
    if zlib.crc32(content) != info.CRC:
        raise BadArchive("unreadable")
    return content
