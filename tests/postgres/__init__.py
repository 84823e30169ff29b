"""The index in PostgreSQL, on a real server."""
