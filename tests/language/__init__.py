"""Tests of how languages are told."""
