"""The leg diary: nights, episodes and their database. Independent of Home Assistant."""
