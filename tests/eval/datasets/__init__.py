"""Tests of eval/datasets."""
