"""The layers of PyTorch that are called, by hooks for all modules, and its operations, by a mode for all tensors."""

import os
import sys
import weakref

from _tensorline import frames, layers, looking, readers, traceValues
from _tensorline.traceValues import Value

_most_layers = 3000
_most_operations = 1500
_most_inputs = 6

_layers = {}
_operations = {}
_here = os.path.dirname(os.path.abspath(__file__))


class _Layer:
    """A layer, what it is part of, and the sizes of what it got and gave."""

    __slots__ = ("ref", "told", "parent", "name", "calls", "inputs", "outputs")

    def __init__(self, module):
        self.ref, self.told = weakref.ref(module), _described(module)
        self.parent, self.name, self.calls = None, "", 0
        self.inputs, self.outputs = {}, {}


def install(modes, watch, noticed):
    def begin(_module=None):
        torch = sys.modules["torch"]
        if "modules" in modes:
            _hook(torch, noticed)
        if "operations" in modes:
            watch.state["clean"] = _clean
            _mode(torch, noticed)

    watch.after("torch", begin)


def _clean(error):
    """Takes the frames of the mode out of a traceback, which shows the program's own then. Python 3.6 cannot."""
    current = BaseException.__dict__["__traceback__"].__get__(error)
    while current is not None and current.tb_next is not None:
        if current.tb_next.tb_frame.f_code.co_filename.startswith(_here):
            current.tb_next = current.tb_next.tb_next
        else:
            current = current.tb_next


def forget():
    _layers.clear()
    _operations.clear()


def _hook(torch, noticed):
    def after(module, given, result):
        try:
            key = id(module)
            layer = _layers.get(key)
            if layer is None or layer.ref() is not module:
                layer = _first_time(module)
                if layer is None:
                    return
            layer.calls += 1
            _add(layer.inputs, given, "given", "input")
            _add(layer.outputs, result, "returned", "output")
            if traceValues.news["dirty"]:
                noticed()
        except Exception:
            pass

    torch.nn.modules.module.register_module_forward_hook(after)


def _add(values, thing, role, name):
    if type(thing) is tuple and role == "given":
        for index, one in enumerate(thing[:_most_inputs]):
            _add(values, one, role + str(index), name if len(thing) == 1 else "%s %d" % (name, index + 1))
        return
    value = values.get(role)
    if value is None:
        value = values[role] = Value("given" if name.startswith("input") else "returned", name)
    value.add(thing)


def _first_time(module):
    """The layer, with all that it holds: those that never run are part of the tree, too."""
    if len(_layers) >= _most_layers:
        return None
    traceValues.news["dirty"] = True
    first = _layer(module)
    waiting = [module]
    for current in waiting:
        for name, child in layers._children(current):
            layer = _layer(child)
            # One that is held twice, or was called before what holds it, has its first place.
            if layer is None or layer.parent is not None or child is module:
                continue
            layer.parent, layer.name = id(current), name
            waiting.append(child)
    return first


def _layer(module):
    known = _layers.get(id(module))
    if known is not None and known.ref() is module:
        return known
    if len(_layers) >= _most_layers:
        return None
    known = _layers[id(module)] = _Layer(module)
    return known


def _described(module):
    told = layers._told("", module)
    parameters = looking.namespace(module).get("_parameters")
    elements = size = 0
    trained = True
    for one in list(parameters.values())[:64] if type(parameters) is dict else ():
        known = readers.describe(one) if one is not None else None
        if known is None or "bytes" not in known:
            continue
        count = 1
        for length in known["shape"]:
            count *= length
        elements, size = elements + count, size + known["bytes"]
        trained = trained and known.get("requiresGrad", False)
    if elements:
        told.update(parameters=elements, parameterBytes=size, isTrained=trained)
    return told


def _mode(torch, noticed):
    from torch.utils._python_dispatch import TorchDispatchMode

    class Shapes(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            try:
                _operation(str(function), args, result)
                if traceValues.news["dirty"]:
                    noticed()
            except Exception:
                pass
            return result

    # For the whole of the program.
    Shapes().__enter__()


def _operation(name, args, result):
    file, line = _user_line()
    held = _operations.get((file, line, name))
    if held is None:
        if len(_operations) >= _most_operations:
            return
        held = _operations[file, line, name] = [0, {}, {}]
    held[0] += 1
    _add(held[1], tuple(args), "given", "input")
    _add(held[2], result, "returned", "output")


def _user_line():
    """The line of the user's own that is being computed; in a backward pass the one that asked for it."""
    frame = sys._getframe(3)
    for _ in range(60):
        if frame is None:
            break
        name = frame.f_code.co_filename
        if not name.startswith(_here) and frames.is_user(name):
            return name, frame.f_lineno
        frame = frame.f_back
    return "", 0


def told():
    modules = [_told_layer(layer) for layer in list(_layers.values())]
    operations = []
    for (file, line, name), (calls, given, result) in list(_operations.items()):
        one = {"name": name[:120], "calls": calls, "inputs": _values(given), "outputs": _values(result)}
        if file:
            one.update(file=file[:1000], line=line)
        operations.append(one)
    return modules, operations


def _values(held):
    return [told for value in list(held.values()) for told in value.told()]


def _told_layer(layer):
    names, current, depth = [], layer, 0
    while current is not None and current.parent is not None and depth < 64:
        names.insert(0, current.name)
        current, depth = _layers.get(current.parent), depth + 1
    told = dict(layer.told, path=".".join(names)[:200], root=_root(current), calls=layer.calls)
    told.update(inputs=_values(layer.inputs), outputs=_values(layer.outputs))
    return told


_roots = {}


def _root(layer):
    """A number for each model of the program."""
    return _roots.setdefault(id(layer), len(_roots))
