"""Question to ranked statements. Every algorithm is a function of its arguments."""
