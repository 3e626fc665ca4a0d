"""Memory that a process has done with, given back to the machine."""

import ctypes
from collections.abc import Callable

import pyarrow as pa

# Of the GNU C library; others have none, and need none.
_TRIM: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_back() -> None:
    """Arrow and the C library keep what is free for later, and what comes next may use neither of them."""
    pa.default_memory_pool().release_unused()
    if _TRIM is not None:
        _TRIM(0)
