"""A pause of Python's cycle collector while a sheet is read and written."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Around work on one sheet, whose size is bounded.

    Its rows are a few hundred thousand small objects that all live until the end. With each growth of them the
    collector would walk over everything the process holds and find nothing: a fifth of an import's time.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
