"""From Python 3.12 on: lines are announced one by one, and each can be switched off where it is."""

import sys

from _tensorline import tracePlans, traceValues
from _tensorline.traceLines import Resting, Running, clock, is_user, spend


class Monitored(Resting):
    """Where the time is used up, each line is switched off as it comes, and all are switched on later."""

    def __init__(self, started, noticed):
        self.started, self.noticed = started, noticed
        self.tool, self.running = None, {}

    def start(self):
        monitoring = sys.monitoring
        self.tool = next((one for one in (4, 3) if monitoring.get_tool(one) is None), None)
        if self.tool is None:
            return
        monitoring.use_tool_id(self.tool, "tensorline")
        events = monitoring.events
        self.disable = monitoring.DISABLE
        self.local = events.LINE | events.PY_RETURN | events.PY_YIELD | events.PY_START
        handlers = {
            events.PY_START: self.begin,
            events.LINE: self.line,
            events.PY_RETURN: self.returns,
            events.PY_YIELD: self.returns,
            events.PY_UNWIND: self.unwind,
        }
        for event, handler in handlers.items():
            monitoring.register_callback(self.tool, event, handler)
        monitoring.set_events(self.tool, events.PY_START)

    def is_replaced(self):
        return self.tool is not None and (sys.gettrace() is not None or any(sys.monitoring.get_tool(one) for one in (0, 1)))

    def stop(self):
        tool, self.tool = self.tool, None
        if tool is not None:
            sys.monitoring.set_events(tool, 0)
            sys.monitoring.free_tool_id(tool)
        self.running.clear()

    def begin(self, code, _offset):
        if not is_user(code):
            return self.disable
        began = clock()
        try:
            if self.is_replaced():
                self.noticed()
            if self.tool is None:
                return self.disable
            plan = tracePlans.of_code(code, self.started)
            if plan is None:
                return self.disable
            if not sys.monitoring.get_local_events(self.tool, code):
                # The end of a call by an exception cannot be asked for one function alone.
                sys.monitoring.set_events(self.tool, sys.monitoring.events.PY_START | sys.monitoring.events.PY_UNWIND)
                sys.monitoring.set_local_events(self.tool, code, self.local)
            frame = sys._getframe(1)
            running = self.running[id(frame)] = Running(code, plan)
            names = frame.f_locals
            running.begin(names, frame.f_globals)
            _forget(frame, names)
            return self.judged(began)
        except Exception:
            return self.disable

    def line(self, code, line):
        began = clock()
        try:
            frame = sys._getframe(1)
            running = self.running.get(id(frame))
            if running is None or running.code is not code:
                plan = tracePlans.of_code(code, self.started)
                if plan is None or not is_user(code):
                    return self.disable
                if len(self.running) > 2000:
                    self.running.clear()
                running = self.running[id(frame)] = Running(code, plan)
            names = frame.f_locals
            statement = running.at(line, names, frame.f_globals)
            _forget(frame, names)
            if traceValues.news["dirty"]:
                self.noticed()
            judged = self.judged(began)
            return self.disable if statement is None or statement.is_idle() else judged
        except Exception:
            return self.disable

    def returns(self, code, _offset, value):
        began = clock()
        try:
            frame = sys._getframe(1)
            running = self.running.pop(id(frame), None)
            if running is None or running.code is not code:
                return self.disable if not is_user(code) else None
            names = frame.f_locals
            running.returns(value, names, frame.f_globals)
            _forget(frame, names)
            return self.judged(began)
        except Exception:
            return self.disable

    def unwind(self, _code, _offset, _error):
        self.running.pop(id(sys._getframe(1)), None)

    def judged(self, began):
        late = spend(began)
        if not late:
            return None
        self.rest(late)
        return self.disable

    def may_go_on(self):
        return True

    def go_on(self):
        Resting.go_on(self)
        if self.tool is not None:
            sys.monitoring.restart_events()


def _forget(frame, names):
    """Before Python 3.13 reading the names of a function leaves a picture of them in its frame, with all that they held."""
    if type(names) is dict and frame.f_code.co_flags & 1 and sys.getrefcount(names) <= 4:
        names.clear()
