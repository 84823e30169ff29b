"""How fast the service is, alone and beside others, and how it grows."""
