"""Starts and stops everything of an embedded installation. Imports no Django."""
