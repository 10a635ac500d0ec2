"""IN: other people's spans become ours."""
