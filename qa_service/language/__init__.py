"""Languages: which one a text is in, what may be read of it, and which ones a model knows. Imports nothing of ours."""
