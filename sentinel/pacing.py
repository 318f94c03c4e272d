"""Work in portions: what the clock has to do is done for a while, and the rest when it comes round again."""

from collections.abc import Iterable, Iterator
from time import monotonic


def for_a_while[T](things: Iterable[T], *, seconds: float) -> Iterator[T]:
    """Things to do, one at least, until the time is used up."""
    end = monotonic() + seconds
    for thing in things:
        yield thing
        if monotonic() >= end:
            return
