"""The index in PostgreSQL with pgvector, read and written: nothing here is imported unless a database is named."""
