"""Benchmarks of gradcheck: `python -m benchmarks`, from the repository root.

Every figure is a ratio of two things measured in one run on one machine, beside the
target that it is held to. Peers come from the extra `bench`.

BLAS keeps to one thread, here and in every process that is started from here: with more,
small products measure how long threads take to wake up.
"""

import os

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

# Read by NumPy and torch when they are imported, which no module of this package does earlier.
os.environ.update(dict.fromkeys(THREADS, "1"))
