"""Everything a hook process may import: standard library only, small and lazy."""
