"""Notices what goes wrong, in every place where Python or a framework hands out an exception. Until then nothing is imported
and nothing runs. No exception passes through a frame of this file, so that every traceback stays what it was."""

import _thread
import os
import sys
import time

state = {}

# What is to be done once a module that nobody else waits for is there, by its name.
_asked = {}

# Modules that hand out exceptions in ways of their own; patches.py tells of each.
_waited_for = {
    "threading",
    "warnings",
    "traceback",
    "torch._utils",
    "torch.cuda",
    "_pytest.runner",
    "IPython.core.interactiveshell",
    "code",
}


def install(run):
    state.update(run=run, started=time.time(), folder=_folder(), main=_thread.get_ident(), pid=os.getpid())
    watch_hook(sys, "excepthook", lambda _kind, error, *_rest: shown(error))
    sys.exit = _Exit(sys.exit)
    import atexit

    atexit.register(_at_exit)
    for name in list(_waited_for):
        if name in sys.modules:
            _patch(name, sys.modules[name])
    sys.meta_path.insert(0, _Finder())


def notice(error, origin=None):
    """Records an exception. Whatever goes wrong here stays here."""
    try:
        if error is None or issubclass(type(error), (SystemExit, KeyboardInterrupt, GeneratorExit)):
            return
        if "clean" in state:
            state["clean"](error)
        from _tensorline import record

        record.failure(state, error, origin or _origin())
    except BaseException:
        pass


def shown(error, origin=None):
    """Records what Python keeps as its last exception, once however many hooks hand it on. It is alive as long as it is kept,
    so no other one has its id meanwhile."""
    key = (os.getpid(), id(error))
    if error is not None and (origin or state.get("shown") != key):
        state["shown"] = key
        notice(error, origin)


def _origin():
    process = sys.modules.get("multiprocessing.process")
    if process and type(process.__dict__.get("_current_process")).__name__ not in ("_MainProcess", "NoneType"):
        return "process"
    if os.getpid() == state["pid"] and _thread.get_ident() != state["main"]:
        return "thread"
    return "interactive" if hasattr(sys, "ps1") else "main"


def _folder():
    try:
        return os.getcwd()
    except OSError:
        return ""


def handled():
    """The exception that the program is handling at present."""
    return sys.exc_info()[1]


def watch_hook(module, name, look):
    """Looks before the program's own hook. The one that Python keeps as the original is the same, as many programs test."""
    original = getattr(module, name)

    def hook(*args):
        try:
            look(*args)
        except BaseException:
            pass
        return original(*args)

    kept = "__" + name + "__"
    if getattr(module, kept, None) is original:
        setattr(module, kept, hook)
    setattr(module, name, hook)


class _Exit:
    """sys.exit, told of before: many programs print an exception themselves and exit while they handle it. A property gives
    the original to be called, so that no frame of ours lies between."""

    __module__ = "sys"
    __slots__ = ("original",)

    def __init__(self, original):
        self.original = original

    @property
    def __call__(self):
        notice(handled())
        return self.original

    def __reduce__(self):
        return "exit"

    def __repr__(self):
        return repr(self.original)

    @property
    def __doc__(self):
        return self.original.__doc__

    @property
    def __name__(self):
        return "exit"


def _at_exit():
    """What a hook of the program's own showed without telling ours; Python keeps it until the end."""
    shown(getattr(sys, "last_exc", None) or getattr(sys, "last_value", None))


def after(name, work):
    """Calls `work` with a module once it has been imported."""
    if name in sys.modules:
        return work(sys.modules[name])
    _waited_for.add(name)
    _asked[name] = work


def _patch(name, module):
    _waited_for.discard(name)
    try:
        if name in _asked:
            return _asked.pop(name)(module)
        from _tensorline import patches

        patches.by_module[name](module)
    except BaseException:
        pass


# A failing import shows no frames of importlib's own files, and so none of this.
_loading = """
def executing(execute, loader, name, patch):
    def exec_module(module):
        del loader.exec_module
        execute(module)
        patch(name, module)
    return exec_module
"""


class _Finder:
    """Finds nothing itself: a module that waits for it is patched once it has been executed."""

    def find_spec(self, name, path=None, target=None):
        if name not in _waited_for:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                self._prepare(name, spec.loader)
                return spec
        return None

    def _prepare(self, name, loader):
        try:
            scope = {}
            exec(compile(_loading, "<frozen importlib._bootstrap_external>", "exec"), scope)
            loader.__dict__["exec_module"] = scope["executing"](loader.exec_module, loader, name, _patch)
        except BaseException:
            pass
