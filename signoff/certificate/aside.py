"""pyHanko starts an event loop, which it cannot where one runs already: so it works in a thread beside ours."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def aside[T](work: Callable[[], T]) -> T:
    """What the work gives, or the error that it raises."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
