"""The quality scale is claimed only as far as its rules are fulfilled."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

OURS = Path(__file__).parents[2] / "custom_components" / "rls_bedtime"
RULES: dict[str, Any] = yaml.safe_load((OURS / "quality_scale.yaml").read_text(encoding="utf-8"))["rules"]
MANIFEST: dict[str, Any] = json.loads((OURS / "manifest.json").read_text(encoding="utf-8"))


def status_of(rule: str) -> str:
    """Return the status of a rule."""
    about = RULES[rule]
    return str(about["status"] if isinstance(about, dict) else about)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_done_or_exempt_for_a_reason(rule: str) -> None:
    assert status_of(rule) in {"done", "exempt", "todo"}
    assert status_of(rule) != "exempt" or RULES[rule]["comment"].strip().endswith(".")


def test_platinum_is_claimed_only_if_nothing_is_left_to_do() -> None:
    assert ("todo" in map(status_of, RULES)) == (MANIFEST.get("quality_scale") != "platinum")


def test_the_keys_of_the_manifest_are_in_the_order_that_hassfest_wants() -> None:
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]
