"""`python -m costtui`."""

from costtui.cli.main import run

if __name__ == "__main__":
    run()
