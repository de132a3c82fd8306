"""Customers: what each one costs to serve, and what is left of what they pay."""
