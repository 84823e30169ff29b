"""The tests of answering again, over a database: of `tests.conftest` only what opens the index is another."""

from tests.test_answering import *  # noqa: F403
