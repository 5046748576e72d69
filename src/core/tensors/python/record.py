"""Writes down what went wrong: one file for each process, in the folder of the run."""

import json
import os
import sys
import threading
import time

from _tensorline import frames, layers, looking, memory, readers

_most_bytes = 256 * 1024
_most_failures = 16
_most_exceptions = 8
_longest_message = 8000

_lock = threading.Lock()
_written = {"pid": 0, "failures": []}


def failure(state, error, origin):
    """Writes down an exception that nobody has handled."""
    values = frames.Values()
    chain, is_cut = _chain(error)
    room, told, selves = frames.most_frames, [], []
    # The last of a chain ended the program: it has the first choice of what there is room for.
    for one in reversed(chain):
        held, cut = _traceback(one, room)
        is_cut = is_cut or cut
        room -= len(held)
        found = _frames(held, state, values)
        selves = selves or [frames.own_object(frame) for frame in held]
        words = _exception(one)
        _quietly(frames.rewritten_back, found, words["message"])
        told.insert(0, dict(words, frames=found))
    way, beside = _quietly(layers.on_the_way, selves) or ([], None)
    _keep(state, {
        "origin": origin,
        "exceptions": told,
        "layers": way,
        "siblings": beside or None,
        "memory": _quietly(memory.figures, chain, state, values),
        "isCut": is_cut or values.is_cut,
    })


def warning(state, raised, text, frame):
    """Writes down a warning about sizes: nothing was raised, but the result will be wrong."""
    while frame is not None and frame.f_globals.get("__name__") in ("warnings", "_py_warnings", "_tensorline.patches"):
        frame = frame.f_back
    values = frames.Values()
    held, cut = frames.of_stack(frame, frames.most_frames)
    found = _frames(held, state, values)
    way, beside = _quietly(layers.on_the_way, [frames.own_object(one) for one in held]) or ([], None)
    _keep(state, {
        "origin": "warning",
        "exceptions": [{"type": looking.name_of(type(raised)), "message": text[:_longest_message], "frames": found}],
        "layers": way,
        "siblings": beside or None,
        "isCut": cut or values.is_cut,
    })


def _quietly(work, *arguments):
    try:
        return work(*arguments)
    except Exception:
        return None


def _chain(error):
    """The exceptions of a traceback, the first cause first, and whether some were left out."""
    get = lambda name: BaseException.__dict__[name].__get__(error)
    found = []
    while error is not None and not any(error is known for known in found):
        if len(found) >= _most_exceptions:
            return found[::-1], True
        found.append(error)
        members = looking.read(error, "exceptions", ("builtins",)) if _is_group(error) else ()
        cause, context = get("__cause__"), get("__context__")
        error = cause or (None if get("__suppress_context__") else context) or (members[0] if members else None)
    return found[::-1], False


def _is_group(error):
    return any(looking.name_of(kind) == "builtins.BaseExceptionGroup" for kind in looking.kinds(error))


def _traceback(error, room):
    if room <= 0:
        return [], True
    return frames.of_traceback(BaseException.__dict__["__traceback__"].__get__(error), room)


def _frames(held, state, values):
    """The operands of all frames first, then what else they hold: both from the innermost frame outwards."""
    told, seen = [None] * len(held), [set()] * len(held)
    for index in range(len(held) - 1, -1, -1):
        below = held[index + 1] if index + 1 < len(held) else None
        told[index], seen[index] = frames.told(held[index], below, state["started"], values)
    for index in range(len(held) - 1, -1, -1):
        told[index]["values"] = _quietly(frames.other_values, held[index], seen[index], values) or []
    return told


_simple = (str, int, float, bool, type(None), bytes)
# Their words are made by code of theirs, which prints no more than what it holds.
_trusted = ("builtins", "torch", "numpy", "jax", "jaxlib", "tensorflow", "keras")


def _exception(error):
    found = {"type": looking.name_of(type(error)), "message": _quietly(_message, error) or ""}
    notes = looking.namespace(error).get("__notes__")
    if type(notes) is list:
        found["notes"] = [note[:500] for note in notes[:8] if type(note) is str]
    return found


def _message(error):
    """The words of an exception, without running a __str__ of the user's."""
    given = BaseException.__dict__["args"].__get__(error)
    for kind in looking.kinds(error):
        if "__str__" in type.__dict__["__dict__"].__get__(kind):
            own = looking.root_of(kind)
            break
    if own in _trusted and (own != "builtins" or all(type(one) in _simple or type(one) is tuple for one in given)):
        return kind.__str__(error)[:_longest_message]
    return " ".join(str(one) for one in given if type(one) in (str, int, float))[:_longest_message]


def _keep(state, found):
    found = {name: value for name, value in found.items() if value is not None}
    now = time.time()
    found["at"] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + ".%06dZ" % (now % 1 * 1000000)
    # A process that was forked meanwhile has a lock that nobody gives back.
    held = _lock.acquire(timeout=0.2)
    try:
        if _written["pid"] != os.getpid():
            _written.update(pid=os.getpid(), failures=[])
        kept = _written["failures"]
        kept.append(found)
        del kept[:-_most_failures]
        write_file(state["run"], "%d.json" % os.getpid(), _fitting(state, kept))
    finally:
        if held:
            _lock.release()


def _fitting(state, kept):
    """All of it in the room that there is: older failures go first, then values, then sources and frames."""
    text = _text(state, kept)
    while len(text) > _most_bytes and len(kept) > 1:
        del kept[0]
        text = _text(state, kept)
    for names in (("values",), ("source", "operands")):
        if len(text) <= _most_bytes:
            break
        kept[0]["isCut"] = True
        for error in kept[0]["exceptions"]:
            for frame in error["frames"]:
                for name in names:
                    frame.pop(name, None) if name == "source" else frame.__setitem__(name, [])
        text = _text(state, kept)
    return text


def _text(state, kept):
    told = dict(process(state), failures=kept)
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


def process(state):
    """What every file tells of the process that wrote it."""
    told = {
        "format": 1,
        "pid": os.getpid(),
        "parentPid": os.getppid(),
        "program": _program(),
        "folder": state["folder"],
        "python": "%d.%d.%d" % sys.version_info[:3],
        "versions": readers.versions(),
    }
    rank = _rank()
    if rank:
        told["rank"] = rank
    return told


def _program():
    main = sys.modules.get("__main__")
    spec = looking.namespace(main).get("__spec__") if main is not None else None
    name = looking.namespace(spec).get("name") if spec is not None else None
    if type(name) is str and name != "__main__":
        return "-m " + (name[:-9] if name.endswith(".__main__") else name)[:500]
    argv = getattr(sys, "argv", None)
    return argv[0][:500] if type(argv) is list and argv and type(argv[0]) is str else ""


def _rank():
    found = {}
    for name, variable in (("rank", "RANK"), ("localRank", "LOCAL_RANK"), ("worldSize", "WORLD_SIZE")):
        text = os.environ.get(variable, "")
        if text.isdigit() and len(text) < 7:
            found[name] = int(text)
    return found if "rank" in found else None


def write_file(folder, name, text):
    """Whole, by rename, or not at all."""
    temporary = "%s/.%s.new" % (folder, name)
    try:
        os.unlink(temporary)
    except OSError:
        pass
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        data = text.encode("ascii")
        while data:
            data = data[os.write(file, data) :]
        os.close(file)
        os.rename(temporary, "%s/%s" % (folder, name))
    except OSError:
        os.unlink(temporary)
        raise
