"""Users beside the owner of the demo home."""

from client import Client
from server import Server


def add_reader(server: Server) -> Client:
    """Add a user who may only read, and return a client of theirs."""
    user = server.call_ws("config/auth/create", name="Reader", group_ids=["system-read-only"], local_only=False)
    fields = {"user_id": user["user"]["id"], "username": "reader", "password": "reader"}
    server.call_ws("config/auth_provider/homeassistant/create", **fields)
    client = Client(server.url)
    client.log_in("reader", "reader")
    return client
