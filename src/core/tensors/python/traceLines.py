"""Looks at the names of a line before and after it runs, in the user's own files: within a small part of the program's time."""

import gc
import os
import time

from _tensorline import frames, traceValues

# Seconds that looking may take at first, and then its part of the time that passes: so much at any time, and in the long run.
_limits = ((0.03, 0.1), (0.3, 0.02))
# On a busy machine a look may be interrupted: no one takes longer itself, but for the first of a file.
_longest_look = 0.001
# What Python itself takes to announce something, in seconds.
_announcing = 0.5e-6

_here = os.path.dirname(os.path.abspath(__file__))
user = {}
clock = time.perf_counter
_budget = {"began": 0.0, "spent": 0.0}


def is_user(code):
    name = code.co_filename
    known = user.get(name)
    if known is None:
        known = user[name] = frames.is_user(name) and not name.startswith(("<", _here))
    return known and (code.co_name == "<module>" or not code.co_name.startswith("<"))


def spend(began, events=1):
    """In how many seconds there is time for more; 0 where there is. Nothing counts until there is a tensor: imports are no steps."""
    now = clock()
    if not traceValues.news["any"]:
        return 0
    if not _budget["began"]:
        _budget["began"] = now
    _budget["spent"] += min(now - began, _longest_look) + events * _announcing
    return late(now)


def late(now):
    spent, passed = _budget["spent"], now - _budget["began"]
    (first, part), (most, steady) = _limits
    if spent < first or (spent < most and spent < first + part * passed):
        return 0
    return max(0, (spent - first) / part - passed, (spent - most) / steady - passed)


class Running:
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


class Resting:
    """Waits for time without a thread, which would be one more of the program's: collections of garbage tell that it passed."""

    wake = 0.0

    def rest(self, late):
        if not self.wake:
            self.wake = clock() + min(max(late, 0.2), 60.0)
            gc.callbacks.append(self.collected)

    def collected(self, phase, _facts):
        try:
            if phase == "stop" and clock() >= self.wake and self.may_go_on():
                self.go_on()
        except Exception:
            pass

    def go_on(self):
        self.wake = 0.0
        gc.callbacks.remove(self.collected)
