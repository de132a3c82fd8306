"""Answers of the demo cloud, one module per AWS service; `table.HANDLERS` holds them all."""
