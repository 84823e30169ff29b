"""The service whose sources may be changed, as in the tests of `/v1/documents`."""

from tests.api.v1.source_changes.conftest import local, service

__all__ = ["local", "service"]
