"""The HTTP interface: the only code that knows FastAPI. Translates requests to the core and back."""
