"""The price book that `costtui prices refresh` wrote beside the store."""

import os
from pathlib import Path

from costtui.domain.prices.price_book import PriceBook, adopt

NAME = "prices.json"


def price_file(cache_dir: Path) -> Path:
    return cache_dir / NAME


def use_price_file(cache_dir: Path) -> bool:
    """Let this process use the newer book where there is one; says whether it does. A file that cannot be read is as good as none."""
    try:
        book = PriceBook.decode(price_file(cache_dir).read_bytes())
    except (OSError, ValueError):
        book = None
    return adopt(book)


def write_price_file(cache_dir: Path, book: PriceBook) -> None:
    """Whole or not at all. Raises OSError."""
    cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = price_file(cache_dir).with_suffix(f".{os.getpid()}")
    half.write_bytes(book.encode())
    half.replace(price_file(cache_dir))
