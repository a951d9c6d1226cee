"""What kind of mistake a wrong gradient is, and where it shows: from several failing cases.

The core finds a wrong gradient and proves it wrong. Here the known mistakes are tried
against the reference, one after the other, and the first one that explains everything
that was returned is named. Where none does, nothing is said.
"""

from gradcheck.diagnosis.diagnosing import Diagnosis, diagnose

__all__ = ("Diagnosis", "diagnose")
