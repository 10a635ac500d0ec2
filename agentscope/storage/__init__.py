"""How much is stored of each project, how fast it grows, and until when the disk has room."""
