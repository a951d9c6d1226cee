"""The museum: wrong gradients that were once released, beside right ones.

Every exhibit is a forward, described as a user would describe it, with two gradients. The
wrong one was found in a public project or is what people write at first; gradcheck finds it
with its default settings. Nothing here is loaded unless it is asked for.
"""

from gradcheck.audit.museum.collection import exhibit, exhibits
from gradcheck.audit.museum.exhibits import Exhibit

__all__ = ("Exhibit", "exhibit", "exhibits")
