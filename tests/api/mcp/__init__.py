"""Tests of what their folder's namesake does."""
