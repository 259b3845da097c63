"""The handler of each kind of device."""

from collections.abc import Mapping
from typing import Any, Final

from ..plan import Kind
from .climate import ClimateHandler
from .covers import CoverHandler
from .handler import DeviceHandler
from .lights import LightHandler
from .screens import ScreenHandler

HANDLERS: Final[Mapping[Kind, DeviceHandler[Any]]] = {
    handler.kind: handler for handler in (LightHandler(), ClimateHandler(), ScreenHandler(), CoverHandler())
}
