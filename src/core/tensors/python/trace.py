"""The shapes that a program computes, written down while it runs: one file for each process, in the folder of the run.
Loaded only where TENSORLINE_TRACE asks for it."""

import json
import os
import sys
import time

from _tensorline import readers, record, traceValues

_most_bytes = 400 * 1024
_first = 1.0
_every = 3.0

_state = {"parts": [], "began": 0.0, "next": 0.0, "pid": 0, "stopped": None}


def install(asked, watch):
    """`asked` names what is traced, with commas between."""
    modes = [mode for mode in ("lines", "modules", "operations") if mode in asked.split(",")]
    if not modes:
        return
    _state.update(modes=modes, watch=watch.state, began=time.time(), pid=os.getpid(), next=time.monotonic() + _first)
    if "lines" in modes:
        if sys.gettrace() is not None:
            _state["stopped"] = "debugger"
        else:
            if hasattr(sys, "monitoring"):
                from _tensorline.traceMonitoring import Monitored as Tracer
            else:
                from _tensorline.traceFunction import Traced as Tracer
            lines = Tracer(watch.state["started"], noticed)
            _state["lines"] = lines
            lines.start()
    if "modules" in modes or "operations" in modes:
        from _tensorline import traceTorch

        traceTorch.install(modes, watch, noticed)
    import atexit

    atexit.register(_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forked)


def noticed():
    """Something new was seen: written after a while, not each time."""
    lines = _state.get("lines")
    if lines is not None and lines.is_replaced():
        _state["stopped"] = "debugger"
        lines.stop()
        del _state["lines"]
    if time.monotonic() >= _state["next"]:
        write()


def write(is_over=False):
    """Quietly: a full disk is no reason for anything."""
    _state["next"] = time.monotonic() + _every
    traceValues.news["dirty"] = False
    try:
        text = _text(is_over)
        if text is not None:
            record.write_file(_state["watch"]["run"], "%d.trace.json" % os.getpid(), text)
    except Exception:
        pass


def _at_exit():
    lines = _state.pop("lines", None)
    if lines is not None:
        if lines.is_replaced():
            _state["stopped"] = "debugger"
        lines.stop()
    write(True)


def _forked():
    """What the parent saw is told by the parent."""
    _state.update(pid=os.getpid(), began=time.time(), next=time.monotonic() + _first)
    for name in ("tracePlans", "traceTorch"):
        module = sys.modules.get("_tensorline." + name)
        if module is not None:
            module.forget()


def _gathered():
    plans, torch = sys.modules.get("_tensorline.tracePlans"), sys.modules.get("_tensorline.traceTorch")
    lines = [told for told in (one.told() for one in plans.everything()) if told] if plans else []
    modules, operations = torch.told() if torch else ([], [])
    return {"lines": lines, "modules": modules, "operations": operations}


def _text(is_over):
    found = _gathered()
    if not any(found.values()) and not _state["stopped"]:
        # A launcher or a tool, which computes nothing.
        return None
    told = record.process(_state["watch"])
    told.update(found, modes=_state["modes"], began=_time(_state["began"]), seconds=round(time.time() - _state["began"], 3))
    told.update(isOver=is_over, isCut=False)
    if _state["stopped"]:
        told["stopped"] = _state["stopped"]
    text = _json(told)
    while len(text) > _most_bytes and any(told[name] for name in found):
        told["isCut"] = True
        longest = max(found, key=lambda name: len(told[name]))
        told[longest] = told[longest][: len(told[longest]) * 2 // 3]
        text = _json(told)
    return text


def _json(told):
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


def _time(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".%03dZ" % (seconds % 1 * 1000)
