"""Tests of eval/quality."""
