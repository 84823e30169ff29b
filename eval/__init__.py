"""Measures the service: its own question sets, BEIR collections. `python -m eval --help`."""
