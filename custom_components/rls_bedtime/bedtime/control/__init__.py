"""What a session does to its devices, and what it learns from them."""
