"""Results and cases as JSON documents, bit for bit.

A dataclass is written by the types of its fields (`field_forms`), a value of no declared type
(a param) with a tag where JSON has no such thing (`values`). A document names its format
and version, so that one of another kind, or of a later version, is told from a broken one.
"""

from gradcheck.results.documents.codec import from_plain, to_plain
from gradcheck.results.documents.document_errors import DocumentError, NotWrittenError
from gradcheck.results.documents.files import read, write

__all__ = ("DocumentError", "NotWrittenError", "from_plain", "read", "to_plain", "write")
