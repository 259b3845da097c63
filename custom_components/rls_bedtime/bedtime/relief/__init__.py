"""Relief at night: lights on the way, a massager for a while, and both always end."""
