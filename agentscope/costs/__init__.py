"""Where the money went: costs by reasoning path, agent, tool, model, session and day."""
