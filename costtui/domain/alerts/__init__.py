"""Alerts: what is past a threshold of the configuration, and what of it somebody has to be told."""
