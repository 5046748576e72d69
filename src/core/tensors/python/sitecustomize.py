"""Python imports this before a program, because its folder stands first on PYTHONPATH. It lets the system's own
sitecustomize do its work and sets up what notices a failure. Python 2 reads this file, too."""

import os
import sys


def _chain(path):
    """Runs the sitecustomize that this one hides; what it raises is for Python, which tells it as ever."""
    if sys.version_info[0] < 3:
        import imp

        try:
            found = imp.find_module("sitecustomize", path)
        except ImportError:
            return
        imp.load_module("sitecustomize", *found)
        return
    # The one that is always loaded: importing importlib would take longer than all the rest.
    from _frozen_importlib import module_from_spec
    from _frozen_importlib_external import PathFinder

    spec = PathFinder.find_spec("sitecustomize", path)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


def _watch(folder):
    run = os.environ.get("TENSORLINE_RUN", "")
    if sys.version_info < (3, 6) or not run.startswith("/"):
        return
    try:
        # A package that is found without a place on the path, which every import of the program would look through.
        package = type(sys)("_tensorline")
        package.__path__ = [folder + "/_tensorline"]
        sys.modules["_tensorline"] = package
        from _tensorline import watch

        watch.install(run)
        asked = os.environ.get("TENSORLINE_TRACE")
        if asked:
            from _tensorline import trace

            trace.install(asked, watch)
    except Exception:
        pass


def _begin():
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    try:
        _chain(sys.path)
    finally:
        _watch(folder)


_begin()
