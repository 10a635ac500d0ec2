"""OUT: the pages."""
