"""What each SDK calls things: one file a dialect."""
