"""Who sends and who may look: projects, their keys and members."""
