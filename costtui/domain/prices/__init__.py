"""List prices as dated data."""
