"""How long what is stored of a project is kept, and which traces must be kept longer."""
