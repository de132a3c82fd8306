"""N8 and N9: differences that another managed resource accounts for. Asked inside the source, where the values are."""
