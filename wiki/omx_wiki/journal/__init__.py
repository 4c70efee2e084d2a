"""The session journal: transcripts in, redacted facts and session pages out."""
