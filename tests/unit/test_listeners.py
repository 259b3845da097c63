"""Listeners that are called when something changes."""

from custom_components.rls_bedtime.listeners import Listeners


def test_every_listener_is_called_with_the_arguments_until_it_is_removed() -> None:
    listeners, calls = Listeners[[int]](), list[tuple[str, int]]()
    remove_first = listeners.async_add(lambda number: calls.append(("first", number)))
    listeners.async_add(lambda number: calls.append(("second", number)))
    listeners.async_call(1)
    remove_first()
    remove_first()
    listeners.async_call(2)

    assert sorted(calls) == [("first", 1), ("second", 1), ("second", 2)]


def test_a_listener_can_remove_itself_and_add_another_while_it_is_called() -> None:
    listeners, calls = Listeners[[]](), list[str]()

    def first() -> None:
        calls.append("first")
        remove()
        listeners.async_add(lambda: calls.append("second"))

    remove = listeners.async_add(first)
    listeners.async_call()
    assert calls == ["first"]
    listeners.async_call()

    assert calls == ["first", "second"]


def test_no_listener_is_called_after_clearing() -> None:
    listeners, calls = Listeners[[]](), list[str]()
    listeners.async_add(lambda: calls.append("called"))
    listeners.async_clear()
    listeners.async_call()

    assert calls == []
