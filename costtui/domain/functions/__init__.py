"""Lambda functions: what they are, what they cost, which size would cost less."""
