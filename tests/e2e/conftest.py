"""The emulator, for tests of the whole way."""

from tests.telegram.emulator import emulator

__all__ = ["emulator"]
