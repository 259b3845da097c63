"""The limit of how long service calls may take."""

import asyncio

import pytest

from custom_components.rls_bedtime.bedtime.control.call_timeouts import CallTimeouts

NOW = 0.0
NEVER = 3600.0


async def _call(timeouts: CallTimeouts, seconds: float, work: asyncio.Future[None]) -> str:
    try:
        with timeouts.limit(seconds):
            await work
    except TimeoutError:
        return "timed out"
    return "answered"


async def test_a_call_that_takes_too_long_times_out_and_others_go_on() -> None:
    timeouts = CallTimeouts()
    loop = asyncio.get_running_loop()
    answer = loop.create_future()
    slow = asyncio.create_task(_call(timeouts, NEVER, answer))
    hanging = asyncio.create_task(_call(timeouts, NOW, loop.create_future()))
    assert await hanging == "timed out"
    answer.set_result(None)
    assert await slow == "answered"


async def test_a_shorter_limit_is_kept_although_a_longer_one_was_set_before_it() -> None:
    timeouts = CallTimeouts()
    loop = asyncio.get_running_loop()
    calls = [asyncio.create_task(_call(timeouts, each, loop.create_future())) for each in (NEVER, NOW, NEVER, NOW)]
    done, running = await asyncio.wait(calls, timeout=1)
    assert [each.result() for each in done] == ["timed out", "timed out"]
    for each in running:
        each.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.gather(*running)


async def test_a_task_that_is_canceled_by_somebody_else_does_not_time_out() -> None:
    call = asyncio.create_task(_call(CallTimeouts(), NEVER, asyncio.get_running_loop().create_future()))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_task_goes_on_after_a_call_timed_out() -> None:
    timeouts = CallTimeouts()
    loop = asyncio.get_running_loop()

    async def call_twice() -> list[str]:
        answer = loop.create_future()
        loop.call_soon(answer.set_result, None)
        return [await _call(timeouts, NOW, loop.create_future()), await _call(timeouts, NEVER, answer)]

    assert await asyncio.create_task(call_twice()) == ["timed out", "answered"]
