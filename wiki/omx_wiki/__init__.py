"""omx-wiki: a project wiki and session journal for people who code with the Codex CLI."""

__version__ = "0.1.0"
