"""The journal: what happened in coding sessions, read from transcripts, redacted, and kept as pages."""
