"""Drifted resources: what the code declares against what the cloud runs."""
