"""What an agent is told about the wiki when its session starts."""
