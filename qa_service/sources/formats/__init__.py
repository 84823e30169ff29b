"""One file for each format that a transcript may come in."""
