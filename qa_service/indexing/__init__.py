"""One generation of the index on disk: each file here knows one structure, both ways."""
