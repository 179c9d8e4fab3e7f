"""From a request to a run, and back from a run to its weights."""
