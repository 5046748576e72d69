"""Up to Python 3.11: lines by a trace function, which sees the first steps, and later ones as far as there is time."""

import _thread
import sys

from _tensorline import tracePlans, traceValues
from _tensorline.traceLines import Resting, Running, clock, is_user, spend, user

_most_calls = 2000
_most_idle = 1000
# Whether the lines of one frame can be left alone.
_can_mute = sys.version_info >= (3, 7)


class Traced(Resting):
    """A trace function for the main thread. While there is no time it is not there at all."""

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
        Resting.go_on(self)
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
            if user.get(code.co_filename) is False or not is_user(code):
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
        running = Running(frame.f_code, plan)
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
                began = clock()
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
                self.late = spend(began, events)
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
