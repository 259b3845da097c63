"""Where Home Assistant looks for the config flow."""

from tests.common.devices import SimulatedConfigFlow

__all__ = ["SimulatedConfigFlow"]
