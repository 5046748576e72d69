"""What PyTorch's allocator tells where memory ran out, and what filled it."""

import sys

from _tensorline import looking, readers

_largest = 10


def attach(cuda, state):
    """Notes the figures at the very moment: unwinding gives memory back. Called once CUDA is used, and never makes it so."""
    core = sys.modules["torch"]._C
    observe = getattr(core, "_cuda_attach_out_of_memory_observer", None)
    if observe is None:
        return

    def note(device, wanted, allocated, free):
        state["memory"] = {"device": "cuda:%d" % device, "allocated": allocated, "free": free}

    def begin():
        try:
            observe(note)
        except BaseException:
            pass

    cuda._queued_calls.append((begin, []))


def figures(chain, state, values):
    """The figures for a failure that is about memory; None for any other."""
    texts = [_text(error) for error in chain]
    if not any(_is_about_memory(type(error), text) for error, text in zip(chain, texts)):
        return None
    found = dict(state.get("memory") or {"device": "cuda:0" if any("CUDA" in text or "HIP" in text for text in texts) else "cpu"})
    found.update({name: value for name, value in _allocator(found["device"]).items() if name not in found})
    found["largest"] = _alive(found["device"], values)
    return found


def _text(error):
    given = BaseException.__dict__["args"].__get__(error)
    return given[0] if given and type(given[0]) is str else ""


def _is_about_memory(kind, text):
    name = looking.short_name(kind)
    if name in ("OutOfMemoryError", "ResourceExhaustedError"):
        return True
    return any(words in text for words in ("out of memory", "can't allocate memory", "RESOURCE_EXHAUSTED"))


def _allocator(device):
    """Counters of the host's side of the allocator: no kernel, nothing to wait for."""
    cuda = sys.modules.get("torch.cuda")
    if cuda is None or not cuda.__dict__.get("_initialized") or not device.startswith("cuda:"):
        return {}
    found = {}
    try:
        counters = sys.modules["torch"]._C._cuda_memoryStats(int(device[5:]))
        found["allocated"] = int(counters["allocated_bytes"]["all"]["current"])
        found["peak"] = int(counters["allocated_bytes"]["all"]["peak"])
        found["reserved"] = int(counters["reserved_bytes"]["all"]["current"])
        found["total"] = int(cuda.get_device_properties(int(device[5:])).total_memory)
    except Exception:
        pass
    return found


def _alive(device, values):
    """The largest tensors of a device that are alive."""
    import gc

    found = []
    for thing in gc.get_objects():
        if looking.root_of(type(thing)) not in ("torch", "numpy", "jaxlib", "tensorflow"):
            continue
        if not values.has_time():
            break
        known = readers.describe(thing)
        if known and known.get("bytes") and known.get("device", device) == device:
            found.append((known["bytes"], len(found), known))
    found.sort(reverse=True)
    return [dict(known, name="") for _bytes, _number, known in found[:_largest]]
