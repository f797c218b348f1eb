from tests.shared.fixtures import environment, settings, upstream
from tests.shared.loop import LOOP

__all__ = ["LOOP", "environment", "settings", "upstream"]
