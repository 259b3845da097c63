"""What axe finds in our elements."""

from typing import Any

from playwright.sync_api import Page
from server import CHECKOUT

AXE_SCRIPT = CHECKOUT / "tests" / "www" / "node_modules" / "axe-core" / "axe.min.js"


def accessibility_violations(page: Page) -> list[Any]:
    """Return the violations that axe finds in our elements."""
    page.evaluate(f"{AXE_SCRIPT.read_text(encoding='utf-8')}; 0")
    violations = page.evaluate("axe.run()")["violations"]
    nodes = [(rule["id"], node["target"], node["failureSummary"]) for rule in violations for node in rule["nodes"]]
    # The landmarks of the page are those of the dashboard around the cards.
    return [each for each in nodes if "rls-bedtime" in str(each[1]) and each[0] != "region"]
