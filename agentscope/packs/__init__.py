"""Evidence: what is shown to somebody who does not have this server."""
