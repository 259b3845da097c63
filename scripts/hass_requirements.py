"""Print what the integrations that we load in a real Home Assistant require.

Home Assistant would install these while it starts; installed beforehand, it starts in seconds and without a network.
"""

import json
from pathlib import Path

from homeassistant.auth.mfa_modules.totp import REQUIREMENTS as SECOND_FACTOR
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS
import homeassistant.components

# What scripts/demo_config configures, beyond what every Home Assistant sets up; calendar and todo are platforms of ours;
# local_todo is what scripts/benchmark holds the diary against; by mcp_server a language model reaches our tools.
INTEGRATIONS = (
    "calendar",
    "config",
    "conversation",
    "generic_thermostat",
    "history",
    "local_todo",
    "mcp_server",
    "logbook",
    "mobile_app",
    "recorder",
    "rls_bedtime",
    "template",
    "todo",
)
CORE = Path(homeassistant.components.__path__[0])
OURS = Path(__file__).parent.parent / "custom_components"


def manifest(domain: str) -> dict[str, list[str]]:
    """Return an integration's manifest, ours or one of Home Assistant's."""
    folder = next(root / domain for root in (OURS, CORE) if (root / domain).is_dir())
    return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def requirements(*domains: str) -> set[str]:
    """Return the requirements of these integrations and of all that Home Assistant would look at with them."""
    waiting, seen, found = list(domains), set[str](), set[str]()
    while waiting:
        domain = waiting.pop()
        if domain in seen:
            continue
        seen.add(domain)
        about = manifest(domain)
        found |= set(about.get("requirements", []))
        waiting += about.get("dependencies", []) + about.get("after_dependencies", [])
    return found


if __name__ == "__main__":
    print("\n".join(sorted(requirements(*DEFAULT_INTEGRATIONS, *INTEGRATIONS).union(SECOND_FACTOR))))
