"""Tests of qa_service/retrieval."""
