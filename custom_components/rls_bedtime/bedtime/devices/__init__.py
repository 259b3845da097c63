"""The kinds of devices that a bedroom manages."""
