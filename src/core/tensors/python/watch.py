"""Notices what goes wrong, in every place where Python or a framework hands out an exception. Until then nothing is imported
and nothing runs. No exception passes through a frame of this file, so that every traceback stays what it was."""

import _thread
import os
import sys
import time

state = {}


def install(run):
    state.update(run=run, started=time.time(), folder=_folder(), main=_thread.get_ident(), pid=os.getpid())
    _watch_hook(sys, "excepthook", lambda _kind, error, *_rest: notice(error))
    sys.exit = _Exit(sys.exit)
    import atexit

    atexit.register(_at_exit)
    for name in list(_patches):
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


def _handled():
    """The exception that the program is handling at present."""
    return sys.exc_info()[1]


def _watch_hook(module, name, look):
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
        notice(_handled())
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
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if error is None:
        return
    record = sys.modules.get("_tensorline.record")
    if record is None or not record.knows(error):
        notice(error)


def _before(place, name, look):
    """Calls `look` with the arguments before the function of that name in a module or a class."""
    original = getattr(place, name)

    def function(*args, **kwargs):
        try:
            look(*args, **kwargs)
        except BaseException:
            pass
        return original(*args, **kwargs)

    for kept in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(function, kept, getattr(original, kept, None))
    function.__wrapped__ = original
    setattr(place, name, function)


def _threading(module):
    if hasattr(module, "excepthook"):
        _watch_hook(module, "excepthook", lambda args: notice(args.exc_value, "thread"))
    else:
        _before(module, "_format_exc", lambda *_: notice(_handled(), "thread"))


def _warnings(module):
    def look(message):
        text = message.message.args[0] if message.message.args else ""
        if type(text) is str and any(word in text.lower() for word in ("target size", "was resized since", "ragged")):
            from _tensorline import record

            record.warning(state, message.message, text, sys._getframe(2))

    _before(module, "_showwarnmsg", look)


def _processes(module):
    # A child process prints what ends it itself, without any hook.
    def look(*_, **__):
        caller = sys._getframe(2)
        if caller.f_code.co_name == "_bootstrap" and caller.f_globals.get("__name__") == "multiprocessing.process":
            notice(_handled(), "process")

    _before(module, "print_exc", look)


def _workers(module):
    # Workers of a DataLoader, replicas of DataParallel: the exception goes on as text, in another process or thread.
    _before(module.ExceptionWrapper, "__init__", lambda _self, exc_info=None, *_, **__: notice((exc_info or (0, _handled()))[1]))


def _cuda(module):
    from _tensorline import memory

    memory.attach(module, state)


def _tests(module):
    original = module.pytest_runtest_makereport
    from_pytest = ("Skipped", "Failed", "Exit", "XFailed")

    # pytest reads the names of the parameters.
    def pytest_runtest_makereport(item, call):
        error = call.excinfo.value if call.excinfo is not None else None
        if type(error).__name__ not in from_pytest:
            notice(error, "test")
        return original(item, call)

    module.pytest_runtest_makereport = pytest_runtest_makereport


def _interactive(name):
    def patch(module):
        _before(getattr(module, name), "showtraceback", lambda *_, **__: notice(_handled(), "interactive"))

    return patch


_patches = {
    "threading": _threading,
    "warnings": _warnings,
    "traceback": _processes,
    "torch._utils": _workers,
    "torch.cuda": _cuda,
    "_pytest.runner": _tests,
    "IPython.core.interactiveshell": _interactive("InteractiveShell"),
    "code": _interactive("InteractiveInterpreter"),
}


def after(name, patch):
    """Calls `patch` with a module once it has been imported."""
    first = _patches.get(name)
    _patches[name] = patch if first is None else lambda module: (first(module), patch(module))


def _patch(name, module):
    patch = _patches.pop(name, None)
    try:
        if patch:
            patch(module)
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
        if name not in _patches:
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
