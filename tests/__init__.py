"""Tests of the service and of its evaluation, laid out like the packages they check."""

import os

# Before NumPy is loaded: on a busy machine two threads waiting for each other take longer than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
