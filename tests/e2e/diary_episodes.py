"""The episodes of the diary, as the actions return them."""

from client import Json
from demo_home import DOMAIN
from server import Server


def get_episodes(server: Server) -> list[Json]:
    """Return the episodes of the diary, the newest first."""
    return list(server.call_action(DOMAIN, "get_episodes", {}, return_response=True)["episodes"])


def delete_episodes(server: Server) -> None:
    """Delete all episodes, so that an identical one is no repeat."""
    for episode in get_episodes(server):
        server.call_action(DOMAIN, "delete_episode", {"episode_id": episode["id"]})
