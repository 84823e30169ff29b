"""The JSON API: ask, read, check and change the sources."""
