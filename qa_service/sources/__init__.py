"""Text to statements: labels, exchanges, exact offsets. Knows nothing of vectors or indexes."""
