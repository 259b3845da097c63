"""Unique ids of the entities."""


def bedroom_unique_id(entry_id: str, key: str) -> str:
    """Return the unique id of a bedroom's entity, by the key of its description."""
    return f"{entry_id}_{key}"


def sleeper_unique_id(subentry_id: str, key: str) -> str:
    """Return the unique id of a sleeper's entity, by the key of its description."""
    return f"{subentry_id}_{key}"
