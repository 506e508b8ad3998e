"""Merkle tree hash as in RFC 6962, section 2.1: a root over sorted lines that says nothing of their order in time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def merkle_root(leaves: Iterable[bytes]) -> str:
    """The root over the leaves in the order given, in hex. No leaves: SHA-256 of nothing, as the RFC says."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    # Pairing from the left and carrying an odd node up gives the RFC's split at the largest power of two.
    while len(level) > 1:
        paired = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex()


def root_of_lines(lines: Iterable[str]) -> str:
    """The root over lines as UTF-8, sorted as bytes."""
    return merkle_root(sorted(line.encode() for line in lines))
