"""The data of a run: verdicts, failures, results, events, documents."""
