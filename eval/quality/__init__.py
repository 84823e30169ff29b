"""How well the service ranks, and how well it knows what it knows."""
