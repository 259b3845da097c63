"""Listeners that are called when something changes."""

from collections.abc import Callable
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback


class Listeners[**P]:
    """A set of callbacks that take the same arguments."""

    def __init__(self) -> None:
        self._listeners: set[Callable[P, None]] = set()

    @callback
    def async_add(self, listener: Callable[P, None]) -> CALLBACK_TYPE:
        """Add a listener. Return a function that removes it."""
        self._listeners.add(listener)
        return partial(self._listeners.discard, listener)

    @callback
    def async_call(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every listener. A listener may remove itself or add others meanwhile."""
        for listener in list(self._listeners):
            listener(*args, **kwargs)

    @callback
    def async_clear(self) -> None:
        """Remove all listeners."""
        self._listeners.clear()
