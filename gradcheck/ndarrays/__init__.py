"""Facts about NumPy arrays; no op is known here."""
