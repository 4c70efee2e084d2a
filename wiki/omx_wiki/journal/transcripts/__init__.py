"""Readers of agents' transcripts: every format comes out as the same small records."""

from omx_wiki.journal.transcripts.source import CompressedTranscriptError
from omx_wiki.journal.transcripts.transcript import Transcript, open_transcript, sniff

__all__ = ["CompressedTranscriptError", "Transcript", "open_transcript", "sniff"]
