"""The kind of mistake in a wrong gradient, and where it shows.

The core finds a wrong gradient and proves it wrong. Here the known mistakes are tried
against the reference, one after the other, and the first one that explains everything
that was returned is named. Where none does, nothing is said.
"""

from gradcheck.diagnosis.diagnosing import Diagnosis, diagnose

__all__ = ("Diagnosis", "diagnose")
