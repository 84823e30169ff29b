"""Tests of changing the sources over HTTP."""
