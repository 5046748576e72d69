"""Where others than Python itself catch an exception, or hand it on as text: what each module gets once it is imported. It is
looked at what a function is called with; the function, its frames and what it returns stay what they were."""

import sys

from _tensorline.watch import handled, notice, shown, state, watch_hook


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
        watch_hook(module, "excepthook", lambda args: notice(args.exc_value, "thread"))
    else:
        _before(module, "_format_exc", lambda *_: notice(handled(), "thread"))


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
            notice(handled(), "process")

    _before(module, "print_exc", look)


def _workers(module):
    # Workers of a DataLoader, replicas of DataParallel: the exception goes on as text, in another process or thread.
    _before(module.ExceptionWrapper, "__init__", lambda _self, exc_info=None, *_, **__: notice((exc_info or (0, handled()))[1]))


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
            shown(error, "test")
        return original(item, call)

    module.pytest_runtest_makereport = pytest_runtest_makereport


def _interactive(name):
    def patch(module):
        _before(getattr(module, name), "showtraceback", lambda *_, **__: shown(handled(), "interactive"))

    return patch


by_module = {
    "threading": _threading,
    "warnings": _warnings,
    "traceback": _processes,
    "torch._utils": _workers,
    "torch.cuda": _cuda,
    "_pytest.runner": _tests,
    "IPython.core.interactiveshell": _interactive("InteractiveShell"),
    "code": _interactive("InteractiveInterpreter"),
}
