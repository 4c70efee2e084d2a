"""What happened in each coding session, read from the transcripts that agents leave behind."""
