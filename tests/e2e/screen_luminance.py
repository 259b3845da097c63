"""How much light a page emits, measured in its screenshots and frames."""

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
"""The largest value of each channel in the dark pad. The blue one is the strictest: blue light keeps awake."""

MAX_MEAN_LUMINANCE = 0.01
"""Relative to a white screen."""

LAST_FRAME_DELAY = 200
"""Milliseconds in which the last frame of the screencast arrives."""

_CHANNEL = np.arange(256) / 255
LINEAR = np.where(_CHANNEL <= 0.04045, _CHANNEL / 12.92, ((_CHANNEL + 0.055) / 1.055) ** 2.4)
"""The linear light of an 8-bit channel value, from 0 to 1 (sRGB)."""


@dataclass(frozen=True)
class Luminance:
    """The largest value of each channel of a picture, and its mean relative luminance (WCAG 2)."""

    brightest: tuple[int, int, int]
    mean: float

    @classmethod
    def of(cls, png: bytes) -> Self:
        """Measure a picture."""
        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
        channels = pixels.reshape(-1, 3)
        red, green, blue = (int(channel) for channel in channels.max(axis=0))
        return cls((red, green, blue), float(LINEAR[channels].mean(axis=0) @ [0.2126, 0.7152, 0.0722]))

    @property
    def is_dark(self) -> bool:
        """Return whether it does not disturb eyes that are adapted to the dark."""
        return self.mean < MAX_MEAN_LUMINANCE and all(
            value <= limit for value, limit in zip(self.brightest, AMBER, strict=True)
        )


def stays_dark_once_open(frames: list[Luminance]) -> bool:
    """Return whether a bright page was followed by dark frames only. Frames before the first paint may be black."""
    painted = list(dropwhile(lambda frame: frame.is_dark, frames)) or frames
    once_open = list(dropwhile(lambda frame: not frame.is_dark, painted))
    return bool(once_open) and all(frame.is_dark for frame in once_open)


@contextmanager
def record_frames(page: Page, slower: float = 1) -> Iterator[list[Luminance]]:
    """Give a list that holds, after the context, the luminance of every frame that the page showed in it.

    Transitions and animations take so many times longer meanwhile.
    """
    pictures: list[bytes] = []
    frames: list[Luminance] = []
    session = page.context.new_cdp_session(page)

    def on_frame(event: dict[str, Any]) -> None:
        pictures.append(base64.b64decode(event["data"]))
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", on_frame)
    session.send("Animation.enable")
    session.send("Animation.setPlaybackRate", {"playbackRate": 1 / slower})
    session.send("Page.startScreencast", {"format": "png"})
    yield frames
    page.wait_for_timeout(LAST_FRAME_DELAY)
    session.send("Animation.setPlaybackRate", {"playbackRate": 1})
    session.detach()
    measured = {picture: Luminance.of(picture) for picture in set(pictures)}
    frames.extend(measured[picture] for picture in pictures)
