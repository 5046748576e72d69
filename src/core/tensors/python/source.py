"""The text of what ran: only where the file is still the one that Python read. Lines are bytes, as Python counts columns."""

import os
import stat
import sys

_most = 4 << 20
_files = {}


def lines_of(code, started):
    """The lines of a code's file, each as bytes without its end; () where there is none, or another one by now."""
    name = code.co_filename
    if name not in _files:
        _files[name] = _read(name, code, started)
    return _files[name]


def _read(name, code, started):
    try:
        if name.startswith("<") or not os.path.isabs(name) and not os.path.exists(name):
            return _remembered(name)
        known = os.stat(name)
        # A pipe would be waited for.
        if not stat.S_ISREG(known.st_mode) or known.st_size > _most:
            return _remembered(name)
        with open(name, "rb") as file:
            text = file.read(_most)
        if text.startswith(b"\xef\xbb\xbf"):
            text = text[3:]
        if known.st_mtime > started - 1 and not _is_same(text, name, code):
            return ()
        # As Python splits them: a form feed or another separator of Unicode is none.
        return tuple(text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
    except Exception:
        return ()


def _remembered(name):
    """What IPython and newer Pythons keep of code that is in no file."""
    linecache = sys.modules.get("linecache")
    entry = linecache.cache.get(name) if linecache else None
    if type(entry) is not tuple or len(entry) != 4 or entry[1] is not None:
        return ()
    return tuple(line.rstrip("\n").encode("utf-8", "surrogatepass") for line in entry[2] if type(line) is str)


def _is_same(text, name, code):
    """Whether a file that was written after the program began still holds this code."""
    waiting = [compile(text, name, "exec", dont_inherit=True)]
    while waiting:
        one = waiting.pop()
        if (one.co_name, one.co_firstlineno, one.co_code) == (code.co_name, code.co_firstlineno, code.co_code):
            return True
        waiting.extend(constant for constant in one.co_consts if type(constant) is type(code))
    # pytest runs what it has rewritten.
    return code.co_name == "<module>" or "@py_assert1" in code.co_varnames


def segment(lines, place):
    """The text between two places, as Python's own parser can read it; None where the lines are too few."""
    first, last, start, end = place
    if not 0 < first <= last <= len(lines):
        return None
    taken = list(lines[first - 1 : last])
    taken[-1] = taken[-1][:end]
    taken[0] = taken[0][start:]
    return b"\n".join(taken).decode("utf-8", "replace")


def column(line, offset):
    """A column in characters for one in bytes."""
    return len(line[:offset].decode("utf-8", "replace"))
