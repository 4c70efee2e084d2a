"""The `wiki` command: arguments, text and exit codes around the omx_wiki library."""
