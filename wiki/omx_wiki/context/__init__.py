"""What a session is told at its start: candidates gathered and ranked, kept where the hook finds them."""
