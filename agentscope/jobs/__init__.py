"""Long work that people ask for: it goes on where it stopped, and says how far it is."""
