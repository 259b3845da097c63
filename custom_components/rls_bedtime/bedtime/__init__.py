"""Bedtime mode: what a bedroom does at night. Knows rooms, not legs."""
