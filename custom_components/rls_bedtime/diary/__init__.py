"""The leg diary: nights, episodes and the file that keeps them. Knows nothing of Home Assistant."""
