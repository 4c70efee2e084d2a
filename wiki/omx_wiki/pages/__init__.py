"""Pages: Markdown files that people and agents write, and the folder that holds them."""
