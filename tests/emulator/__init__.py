"""An emulator of Adobe Experience Platform: Catalog, Data Access, IMS, exports.

`python3 tests/emulator` runs it; `emulator.Emulator` drives it from a test.
"""

from .control import Emulator

__all__ = ["Emulator"]
