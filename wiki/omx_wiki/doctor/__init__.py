"""How healthy an installation and a project are: one module of checks for each area."""
