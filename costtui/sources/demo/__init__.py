"""The embedded demo cloud: one invented company behind real boto3 and httpx clients, in process, without a port."""

from costtui.sources.demo.hook import install
from costtui.sources.demo.world import DEMO_NOW, World

__all__ = ["DEMO_NOW", "World", "install"]
