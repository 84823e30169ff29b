"""Files of each format to readings."""
