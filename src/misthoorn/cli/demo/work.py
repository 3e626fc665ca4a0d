"""What the workers of the service would do meanwhile, in the demo's own process."""

from collections.abc import Callable


def work(*parts: str, stopped: Callable[[], bool] = lambda: False) -> None:
    """Do what a worker would do in these packages until nothing is left."""
    from importlib import import_module

    from misthoorn.work.loop import Worker

    steps = [import_module(f"misthoorn.{part}.work").step for part in parts]
    Worker(steps=steps, until_idle=True, stopped=stopped).work()
