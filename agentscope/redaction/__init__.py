"""What a project does not want to be stored, and how it is replaced before anything is."""
