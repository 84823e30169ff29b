"""Long tests of what a fault can't break: `make chaos`. `CHAOS_SCALE=0.1` makes a tenth of it."""
