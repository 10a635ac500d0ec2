"""Finding traces by what was said in them, and by attributes: see docs/adr/0019-search.md."""
