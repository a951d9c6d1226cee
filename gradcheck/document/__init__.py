"""Results and cases as JSON documents, exactly: what is read is what was written.

A dataclass is written by the types of its fields (`forms`), a value of no declared type
(a param) with a tag where JSON has no such thing (`values`). A document names its format
and version, so that one of another kind, or of a later version, is told from a broken one.
"""

from gradcheck.document.errors import DocumentError, NotWrittenError
from gradcheck.document.files import read, write
from gradcheck.document.forms import from_plain, to_plain

__all__ = ("DocumentError", "NotWrittenError", "from_plain", "read", "to_plain", "write")
