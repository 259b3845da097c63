"""Print the requirements of the integrations that the scripts load in a real Home Assistant.

Home Assistant would install them when it starts; with them installed, it starts in seconds and without a network.
"""

import json
from pathlib import Path

from homeassistant.auth.mfa_modules.totp import REQUIREMENTS as TOTP_REQUIREMENTS
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS
import homeassistant.components

# Those of scripts/demo_config beyond the default integrations; calendar and todo, for which the integration has
# platforms; local_todo, with which scripts/benchmark compares the diary; mcp_server, with which a language model is
# tested.
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
CORE_DIR = Path(homeassistant.components.__path__[0])
CUSTOM_COMPONENTS_DIR = Path(__file__).parent.parent / "custom_components"


def read_manifest(domain: str) -> dict[str, list[str]]:
    """Return the manifest of a custom or built-in integration."""
    directory = next(root / domain for root in (CUSTOM_COMPONENTS_DIR, CORE_DIR) if (root / domain).is_dir())
    return dict(json.loads((directory / "manifest.json").read_text(encoding="utf-8")))


def collect_requirements(*domains: str) -> set[str]:
    """Return the requirements of integrations and of their dependencies, soft ones included."""
    pending, seen, requirements = list(domains), set[str](), set[str]()
    while pending:
        domain = pending.pop()
        if domain in seen:
            continue
        seen.add(domain)
        manifest = read_manifest(domain)
        requirements |= set(manifest.get("requirements", []))
        pending += manifest.get("dependencies", []) + manifest.get("after_dependencies", [])
    return requirements


if __name__ == "__main__":
    print("\n".join(sorted(collect_requirements(*DEFAULT_INTEGRATIONS, *INTEGRATIONS).union(TOTP_REQUIREMENTS))))
