"""What axe finds in our elements."""

import re
from typing import Any

from dashboard_elements import wait_until_still
from playwright.sync_api import Page
from server import CHECKOUT

AXE_SCRIPT = CHECKOUT / "tests" / "www" / "node_modules" / "axe-core" / "axe.min.js"


def accessibility_violations(page: Page) -> list[Any]:
    """Return the violations that axe finds in our elements, once nothing fades in with colors that do not stay."""
    wait_until_still(page.locator("body"))
    page.evaluate(f"{AXE_SCRIPT.read_text(encoding='utf-8')}; 0")
    violations = page.evaluate("axe.run()")["violations"]
    nodes = [(rule["id"], node["target"], node["failureSummary"]) for rule in violations for node in rule["nodes"]]
    # The landmarks of the page are those of the dashboard around the cards.
    return [each for each in nodes if _is_ours(each[1]) and each[0] != "region"]


def _is_ours(target: list[Any]) -> bool:
    """Return whether a node is in one of our elements, and not within an element of Home Assistant in it.

    The target has a selector for each shadow root around the node, the outermost first, and one for the node.
    """
    hosts = [str(each) for each in target[:-1]]
    ours = [index for index, host in enumerate(hosts) if "rls-bedtime" in host]
    return bool(ours) and not any(re.search(r"(^|[ >])(ha|wa)-", host) for host in hosts[ours[-1] + 1 :])
