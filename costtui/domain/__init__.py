"""The words and the sums: pure, no I/O. Money is Decimal, time is UTC and half-open, the clock is passed in."""
