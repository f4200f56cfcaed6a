"""Surfaces: places where people talk with the bot. One file (or folder) each."""
