from tests.directory.conftest import pages_database

__all__ = ["pages_database"]
