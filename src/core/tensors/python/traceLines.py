"""Looks at the names of a line before and after it runs, in the user's own files: within a small part of the program's time.
From Python 3.12 on lines are announced one by one and can be switched off; before that a trace function sees the first steps."""

import _thread
import gc
import os
import sys
import time

from _tensorline import frames, tracePlans, traceValues

# Seconds that looking may take at first, and then its part of the time that passes: so much at any time, and in the long run.
_limits = ((0.03, 0.1), (0.3, 0.02))
# On a busy machine a look may be interrupted: no one takes longer itself, but for the first of a file.
_longest_look = 0.001
# What Python itself takes to announce something, in seconds.
_announcing = 0.5e-6
_most_calls = 2000
_most_idle = 1000
# Whether the lines of one frame can be left alone.
_can_mute = sys.version_info >= (3, 7)

_here = os.path.dirname(os.path.abspath(__file__))
_user = {}
_clock = time.perf_counter
_budget = {"began": 0.0, "spent": 0.0}


def _is_user(code):
    name = code.co_filename
    known = _user.get(name)
    if known is None:
        known = _user[name] = frames.is_user(name) and not name.startswith(("<", _here))
    return known and (code.co_name == "<module>" or not code.co_name.startswith("<"))


def _spend(began, events=1):
    """In how many seconds there is time for more; 0 where there is. Nothing counts until there is a tensor: imports are no steps."""
    now = _clock()
    if not traceValues.news["any"]:
        return 0
    if not _budget["began"]:
        _budget["began"] = now
    _budget["spent"] += min(now - began, _longest_look) + events * _announcing
    return _late(now)


def _late(now):
    spent, passed = _budget["spent"], now - _budget["began"]
    (first, part), (most, steady) = _limits
    if spent < first or (spent < most and spent < first + part * passed):
        return 0
    return max(0, (spent - first) / part - passed, (spent - most) / steady - passed)


class _Running:
    """What is known of a frame while it runs: the statement that it is at."""

    __slots__ = ("code", "plan", "pending")

    def __init__(self, code, plan):
        self.code, self.plan, self.pending = code, plan, None

    def begin(self, names, globals):
        given = self.plan.functions.get((self.code.co_firstlineno, self.code.co_name))
        if given is not None and given.before:
            given.function = given.function or _name(self.code)
            given.look(given.before, names, globals)

    def at(self, line, names, globals):
        """The statement of a line; what the one before it has assigned is there now."""
        statement = self.plan.by_line.get(line)
        # The parts of a long statement have lines of their own, and its end comes back to its first.
        if statement is not None and statement is self.pending and statement.is_long:
            return statement
        self.done(names, globals)
        self.pending = statement
        if statement is not None:
            statement.function = statement.function or _name(self.code)
            if statement.before:
                statement.look(statement.before, names, globals)
        return statement

    def done(self, names, globals):
        pending, self.pending = self.pending, None
        if pending is not None and pending.after:
            pending.look(pending.after, names, globals)

    def returns(self, value, names, globals):
        pending = self.pending
        self.done(names, globals)
        if pending is not None and pending.returned is not None:
            pending.returned.add(value)
            if pending.returned.is_idle():
                pending.returned = None


def _name(code):
    return getattr(code, "co_qualname", code.co_name)


class _Resting:
    """Waits for time without a thread, which would be one more of the program's: collections of garbage tell that it passed."""

    wake = 0.0

    def rest(self, late):
        if not self.wake:
            self.wake = _clock() + min(max(late, 0.2), 60.0)
            gc.callbacks.append(self.collected)

    def collected(self, phase, _facts):
        try:
            if phase == "stop" and _clock() >= self.wake and self.may_go_on():
                self.go_on()
        except Exception:
            pass

    def go_on(self):
        self.wake = 0.0
        gc.callbacks.remove(self.collected)


class _Traced(_Resting):
    """Up to Python 3.11: a trace function for the main thread. While there is no time it is not there at all."""

    def __init__(self, started, noticed):
        self.started, self.noticed, self.thread = started, noticed, _thread.get_ident()
        self.calls, self.late, self.is_over = 0, 0, False
        # How many lines of a function came one after the other without a tensor.
        self.idle = {}

    def start(self):
        sys.settrace(self.call)

    def is_replaced(self):
        # A bound method is another object each time.
        return not self.is_over and sys.gettrace() != (None if self.wake else self.call)

    def stop(self):
        self.is_over = True
        if sys.gettrace() == self.call:
            sys.settrace(None)

    def may_go_on(self):
        return _thread.get_ident() == self.thread

    def go_on(self):
        _Resting.go_on(self)
        self.late = 0
        if sys.gettrace() is None and not self.is_over:
            sys.settrace(self.call)
            frame = sys._getframe(1)
            while frame is not None and _can_mute:
                if getattr(frame.f_trace, "__module__", None) == __name__:
                    frame.f_trace_lines = True
                frame = frame.f_back

    def call(self, frame, event, _arg):
        try:
            code = frame.f_code
            if _user.get(code.co_filename) is False or not _is_user(code):
                self.calls += 1
                if self.late:
                    sys.settrace(None)
                    _let_go(frame.f_back)
                    self.rest(self.late)
                return None
            if _is_deep(frame):
                self.stop()
                return None
            plan = tracePlans.of_code(code, self.started)
            if plan is None or self.idle.get((code.co_filename, code.co_firstlineno), 0) > _most_idle:
                return None
            return self.followed(frame, plan)
        except Exception:
            return None

    def followed(self, frame, plan):
        running = _Running(frame.f_code, plan)
        running.begin(frame.f_locals, frame.f_globals)
        key, idle = (frame.f_code.co_filename, frame.f_code.co_firstlineno), self.idle

        def local(frame, event, arg):
            try:
                if self.late or idle.get(key, 0) > _most_idle:
                    running.pending = None
                    if _can_mute:
                        frame.f_trace_lines = False
                    else:
                        sys.settrace(None)
                        self.rest(self.late)
                    return local
                began = _clock()
                if event == "line":
                    statement = running.at(frame.f_lineno, frame.f_locals, frame.f_globals)
                    idle[key] = idle.get(key, 0) + 1 if statement is None or statement.is_idle() else 0
                elif event == "return":
                    running.returns(arg, frame.f_locals, frame.f_globals)
                elif event == "exception":
                    # What was to be assigned is not.
                    running.pending = None
                if traceValues.news["dirty"]:
                    self.noticed()
                # More calls than that are an import, which happens once.
                events, self.calls = min(self.calls, _most_calls), 0
                self.late = _spend(began, events)
            except Exception:
                pass
            return local

        return local


def _is_deep(frame):
    """Whether there is little room left on the stack. Before Python 3.9 a program dies where an error about it was caught."""
    if sys.version_info >= (3, 9):
        return False
    left = sys.getrecursionlimit() - 150
    while frame is not None and left > 0:
        frame, left = frame.f_back, left - 1
    return left <= 0


def _let_go(frame):
    """Python keeps a picture of the names of each traced frame, and all that they held: it is emptied, unless it is somebody's."""
    while frame is not None:
        if frame.f_code.co_flags & 1:
            held = frame.f_locals
            # Of the frame, of this function, and of the question.
            if type(held) is dict and sys.getrefcount(held) <= 3:
                held.clear()
            del held
        frame = frame.f_back


class _Monitored(_Resting):
    """From Python 3.12 on: where the time is used up, each line is switched off as it comes, and all are switched on later."""

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
        if not _is_user(code):
            return self.disable
        began = _clock()
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
            running = self.running[id(frame)] = _Running(code, plan)
            names = frame.f_locals
            running.begin(names, frame.f_globals)
            _forget(frame, names)
            return self.judged(began)
        except Exception:
            return self.disable

    def line(self, code, line):
        began = _clock()
        try:
            frame = sys._getframe(1)
            running = self.running.get(id(frame))
            if running is None or running.code is not code:
                plan = tracePlans.of_code(code, self.started)
                if plan is None or not _is_user(code):
                    return self.disable
                if len(self.running) > 2000:
                    self.running.clear()
                running = self.running[id(frame)] = _Running(code, plan)
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
        began = _clock()
        try:
            frame = sys._getframe(1)
            running = self.running.pop(id(frame), None)
            if running is None or running.code is not code:
                return self.disable if not _is_user(code) else None
            names = frame.f_locals
            running.returns(value, names, frame.f_globals)
            _forget(frame, names)
            return self.judged(began)
        except Exception:
            return self.disable

    def unwind(self, _code, _offset, _error):
        self.running.pop(id(sys._getframe(1)), None)

    def judged(self, began):
        late = _spend(began)
        if not late:
            return None
        self.rest(late)
        return self.disable

    def may_go_on(self):
        return True

    def go_on(self):
        _Resting.go_on(self)
        if self.tool is not None:
            sys.monitoring.restart_events()


def _forget(frame, names):
    """Before Python 3.13 reading the names of a function leaves a picture of them in its frame, with all that they held."""
    if type(names) is dict and frame.f_code.co_flags & 1 and sys.getrefcount(names) <= 4:
        names.clear()


def tracer(started, noticed):
    """What follows the lines of this Python; `noticed` is called when something new was seen or somebody else traces."""
    return (_Monitored if hasattr(sys, "monitoring") else _Traced)(started, noticed)
