"""How bright a screen is, as an eye in the dark sees it."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import io
from itertools import dropwhile
from typing import Any, Self

import numpy as np
from PIL import Image
from playwright.sync_api import Page

AMBER = (0xD0, 0x6A, 0x1A)
"""Nothing of the dark pad is brighter, in any channel: the blue one is the one that keeps awake."""

LARGEST_MEAN = 0.01
"""Of the luminance of a white screen."""


_CHANNEL = np.arange(256) / 255
LINEAR = np.where(_CHANNEL <= 0.04045, _CHANNEL / 12.92, ((_CHANNEL + 0.055) / 1.055) ** 2.4)
"""How much light a value of a channel sends out, from 0 to 1 (sRGB)."""


@dataclass(frozen=True)
class Light:
    """What a picture sends out: the largest value of each channel, and the mean relative luminance (WCAG 2)."""

    brightest: tuple[int, int, int]
    mean: float

    @classmethod
    def of(cls, png: bytes) -> Self:
        """Measure a picture."""
        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
        channels = pixels.reshape(-1, 3)
        red, green, blue = (int(each) for each in channels.max(axis=0))
        return cls((red, green, blue), float(LINEAR[channels].mean(axis=0) @ [0.2126, 0.7152, 0.0722]))

    @property
    def is_dark(self) -> bool:
        """Tell whether one may look at it at three in the morning."""
        return self.mean < LARGEST_MEAN and all(one <= most for one, most in zip(self.brightest, AMBER, strict=True))


def is_dark_once_open(lights: list[Light]) -> bool:
    """Tell whether a bright page gave way to a dark one, and stayed so. One that is not drawn yet may be black."""
    drawn = list(dropwhile(lambda light: light.is_dark, lights)) or lights
    once_open = list(dropwhile(lambda light: not light.is_dark, drawn))
    return bool(once_open) and all(light.is_dark for light in once_open)


@contextmanager
def watching(page: Page) -> Iterator[list[Light]]:
    """Give the light of every frame that the page shows meanwhile, once that is over."""
    frames: list[bytes] = []
    lights: list[Light] = []
    session = page.context.new_cdp_session(page)

    def seen(event: dict[str, Any]) -> None:
        frames.append(base64.b64decode(event["data"]))
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", seen)
    session.send("Page.startScreencast", {"format": "png"})
    yield lights
    page.wait_for_timeout(200)  # the last frame is on its way
    session.detach()
    measured = {frame: Light.of(frame) for frame in set(frames)}
    lights.extend(measured[frame] for frame in frames)
