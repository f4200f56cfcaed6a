"""Destinations: places where a finished file goes. One file each."""
