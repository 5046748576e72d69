"""The frames of a traceback or a stack as data, with the tensors that they held."""

import os
import sys
import time
from collections import deque

from _tensorline import expressions, looking, operands, readers, source

most_frames = 40
_outermost = 10
most_values = 60
_values_of_frame = 24
_looked_at = 2000
_of_library = 3
_from_container = 4


class Frame:
    """One frame with what is asked of it more than once."""

    def __init__(self, frame, line, lasti):
        self.code = frame.f_code
        self.line = line or self.code.co_firstlineno
        self.lasti = lasti
        self.globals = frame.f_globals if type(frame.f_globals) is dict else {}
        self.locals = _locals(frame)
        self.is_user = is_user(self.code.co_filename)
        # Of a library's frames those where it failed tell most: what lies between only hands things on.
        self.matters = self.is_user


def _locals(frame):
    held = frame.f_locals
    if type(held) is dict or type(held).__name__ == "FrameLocalsProxy":
        return held
    # A class body may keep its names in anything.
    return dict(dict.items(held)) if looking.dict_like(held) else {}


def of_traceback(traceback, room):
    """(the frames, whether some were left out); in a deep recursion those in the middle are."""
    first, last, count = [], deque(maxlen=max(room - _outermost, 1)), 0
    while traceback is not None:
        kept = first if count < min(_outermost, room) else last
        kept.append((traceback.tb_frame, traceback.tb_lineno, traceback.tb_lasti))
        traceback, count = traceback.tb_next, count + 1
    found = (first + list(last))[:room]
    return _weighed([Frame(*one) for one in found]), count > len(found)


def of_stack(frame, room):
    """The same of a stack, of which the innermost frame is given."""
    found = []
    while frame is not None and len(found) < room:
        found.append(Frame(frame, frame.f_lineno, frame.f_lasti))
        frame = frame.f_back
    return _weighed(found[::-1]), frame is not None


def _weighed(found):
    for frame in reversed(found[-_of_library:]):
        if frame.is_user:
            break
        frame.matters = True
    return found


def own_object(frame):
    """What a method's frame belongs to."""
    code = frame.code
    if code.co_argcount == 0 or code.co_varnames[0] not in frame.locals:
        return None
    return frame.locals[code.co_varnames[0]]


_libraries = ("/site-packages/", "/dist-packages/", "/lib/python3", "/lib/pypy3")


def is_user(name):
    """Whether a file is the user's own, and no package's nor Python's."""
    if name.startswith("<frozen ") or name.startswith("<attrs") or name.startswith("<__array_function__"):
        return False
    if any(part in name for part in _libraries):
        return False
    standard = os.path.dirname(os.__file__) + "/"
    return not name.startswith((standard, sys.prefix + "/bin/", sys.base_prefix + "/bin/"))


# Of the processor's time, so that a busy machine costs no values; of the clock's, for a file system that hangs.
_seconds = 0.2
_seconds_waiting = 2
_busy = getattr(time, "thread_time", time.process_time)


class Values:
    """How many values one failure may still tell, and until when."""

    def __init__(self):
        self.left = most_values
        self.until = (_busy() + _seconds, time.monotonic() + _seconds_waiting)
        self.is_cut = False

    def has_time(self):
        return _busy() < self.until[0] and time.monotonic() < self.until[1]

    def has_room(self):
        if self.left > 0 and self.has_time():
            return True
        self.is_cut = True
        return False


def told(frame, below, started, values):
    """(a frame as data without its values, the ids of what its operands are). `below` is the frame that it called."""
    code = frame.code
    found = {
        "file": code.co_filename[:1000],
        "line": frame.line,
        "function": getattr(code, "co_qualname", code.co_name)[:200],
        "isUser": frame.is_user,
        "operands": [],
        "values": [],
    }
    part = None
    seen = set()
    if values.has_room():
        lines = source.lines_of(code, started)
        if lines:
            try:
                part = _part(frame, below, lines)
                _place(found, frame, part, lines)
            except Exception:
                pass
    if part is not None and part[1] is not None and frame.matters:
        for name, value, known in operands.of_node(part[1], frame):
            if values.has_room():
                found["operands"].append(_named(name, known))
                seen.add(id(value))
                values.left -= 1
    return found, seen


def _part(frame, below, lines):
    exact = expressions.exact(frame.code, frame.lasti, lines)
    if exact is not None:
        return exact
    return expressions.likely(frame.code, frame.lasti, frame.line, lines, below.code.co_name if below else None)


def _place(found, frame, part, lines):
    first = last = frame.line
    if part is not None:
        (first, end, start_column, end_column), _node, text = part
        last = end or first
        if text:
            found["expression"] = text
        if first == frame.line or start_column is not None:
            found["line"] = first
        if start_column is not None and end_column is not None:
            found["endLine"] = last
            found["column"] = source.column(lines[first - 1], start_column)
            found["endColumn"] = source.column(lines[last - 1], end_column)
    if 0 < first <= last <= len(lines):
        text = b"\n".join(lines[first - 1 : min(last, first + 19)]).decode("utf-8", "replace")
        found["source"] = text[:1000]


def other_values(frame, seen, values):
    """The tensors that the frame's names hold, and those in its dicts and lists; not those of `seen`."""
    found = []
    if not frame.matters:
        return found
    try:
        names = list(frame.locals.items())[:_looked_at]
    except Exception:
        return found
    for name, value in names:
        if len(found) >= _values_of_frame or not values.has_room():
            values.is_cut = True
            break
        if type(name) is not str or name.startswith("__"):
            continue
        for label, one in _within(name, value):
            if values.left <= 0 or id(one) in seen:
                continue
            known = readers.describe(one)
            if known is not None:
                seen.add(id(one))
                values.left -= 1
                found.append(_named(label, known))
    return found


def _within(name, value):
    yield name, value
    kind = type(value)
    if kind is dict:
        for count, (key, one) in enumerate(value.items()):
            if count >= 16:
                return
            if type(key) in (str, int):
                yield ('%s["%s"]' if type(key) is str else "%s[%s]") % (name, key), one
    elif kind is list or kind is tuple:
        for index, one in enumerate(value[:_from_container]):
            yield "%s[%d]" % (name, index), one


def _named(name, known):
    told = {"name": name[:120]}
    told.update(known)
    return told


_rewritten = "__autograph_generated_file"


def rewritten_back(told, message):
    """Gives frames of code that TensorFlow has rewritten their places in the user's own: its message tells these in order, as
    `File "train.py", line 19, in step  *` and the line."""
    lines = message.split("\n")
    places = [index for index, line in enumerate(lines) if line.endswith("  *") and line.lstrip().startswith('File "')]
    frames = [frame for frame in told if _rewritten in frame["file"]]
    for frame in frames:
        frame["isUser"] = False
    if len(places) != len(frames):
        return
    for frame, index in zip(frames, places):
        file, _mark, rest = lines[index].strip()[6:].rpartition('", line ')
        number, _mark, function = rest[:-3].partition(", in ")
        text = lines[index + 1].strip() if index + 1 < len(lines) else ""
        for name in ("endLine", "column", "endColumn"):
            frame.pop(name, None)
        frame.update(file=file, line=int(number), function=function, isUser=is_user(file), source=text, expression=text)
