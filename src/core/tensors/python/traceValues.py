"""The sizes that a value of a place had over a run: gathered as the least and the most of each dimension, never the tensors."""

import sys

from _tensorline import looking, readers

# How much a place and all of them may keep.
most_variants = 4
most_elements = 4
_most_kinds = 2000

# Whether something new was seen since the last writing, and whether any tensor has been seen at all.
news = {"dirty": False, "any": False, "order": 0}

_none = frozenset(("int", "float", "str", "bool", "NoneType", "module", "function", "builtin_function_or_method", "method", "type"))
_kinds = {}


class Variant:
    """One kind of a value: the same element type, device and number of dimensions."""

    __slots__ = ("shape", "dtype", "device", "least", "most", "count", "known", "order")

    def __init__(self, shape, dtype, device, known):
        self.shape, self.dtype, self.device, self.known = shape, dtype, device, known
        self.least = self.most = list(shape)
        self.count = 1
        # Tells what came first.
        news["order"] = self.order = news["order"] + 1

    def widen(self, shape):
        self.shape = shape
        least = [_extreme(min, one, size) for one, size in zip(self.least, shape)]
        most = [_extreme(max, one, size) for one, size in zip(self.most, shape)]
        if least != self.least or most != self.most:
            self.least, self.most = least, most
            news["dirty"] = True


def _extreme(choose, one, size):
    return None if one is None or size is None else choose(one, size)


class Value:
    """What a name of a place held, each time that it was looked at."""

    __slots__ = ("role", "name", "variants", "parts", "misses")

    def __init__(self, role, name):
        self.role, self.name = role, name
        self.forget()

    def forget(self):
        self.variants, self.parts, self.misses = [], {}, 0

    def is_idle(self):
        """Whether it has never been a tensor, often enough not to look again."""
        return self.misses >= 4 and not self.variants and not self.parts

    def add(self, thing):
        reader = _kinds.get(type(thing)) or _learn(thing)
        if reader is _nothing:
            self.misses += 1
            return
        if reader is _container:
            self._add_parts(thing)
            return
        sign = reader(thing)
        if sign is None:
            return
        shape, dtype, device = sign
        for variant in self.variants:
            if variant.dtype == dtype and variant.device == device:
                if variant.shape == shape:
                    variant.count += 1
                    return
                if len(variant.shape) == len(shape):
                    variant.count += 1
                    variant.widen(shape)
                    return
        if len(self.variants) < most_variants:
            known = readers.describe(thing) or {}
            self.variants.append(Variant(shape, dtype, device, known))
            news["dirty"] = news["any"] = True

    def _add_parts(self, thing):
        for count, (key, one) in enumerate(_items(thing)):
            if count >= most_elements:
                break
            if type(key) not in (int, str) or _kinds.get(type(one)) is _nothing:
                continue
            part = self.parts.get(key)
            if part is None:
                if (_kinds.get(type(one)) or _learn(one)) in (_nothing, _container):
                    continue
                name = ('%s["%s"]' if type(key) is str else "%s[%d]") % (self.name, key)
                part = self.parts[key] = Value(self.role, name)
            if (_kinds.get(type(one)) or _learn(one)) is not _container:
                part.add(one)
        if not self.parts:
            self.misses += 1

    def told(self):
        found = [_told(self, variant) for variant in self.variants]
        for part in list(self.parts.values()):
            found += part.told()
        return found


def _items(thing):
    """Without a method of a subclass."""
    if looking.dict_like(thing):
        return dict.items(thing)
    return enumerate(list.__iter__(thing) if type(thing) is list else tuple.__iter__(thing))


def _told(value, variant):
    known = variant.known
    told = {
        "name": value.name[:120],
        "role": value.role,
        "type": known.get("type", "")[:200],
        "count": variant.count,
        "order": variant.order,
        "least": variant.least,
        "most": variant.most,
    }
    for name in ("dtype", "device", "requiresGrad", "notes"):
        if name in known:
            told[name] = known[name]
    if "bytes" in known and None not in variant.most:
        elements, most = 1, 1
        for size, one in zip(known["shape"], variant.most):
            elements, most = elements * size, most * one
        # Of the largest one that was seen.
        told["bytes"] = known["bytes"] // elements * most if elements else 0
    return told


def _nothing(_thing):
    return None


def _container(_thing):
    return None


def _described(thing):
    known = readers.describe(thing)
    if known is None or "shape" not in known:
        return None
    return tuple(known["shape"]), known.get("dtype"), known.get("device")


def _learn(thing):
    """What reads things of this class. The plain tensors of PyTorch and NumPy are read without a description of all else."""
    kind = type(thing)
    if len(_kinds) > _most_kinds:
        _kinds.clear()
    _kinds[kind] = reader = _reader(kind, thing)
    return reader


def _reader(kind, thing):
    if kind in (list, tuple, dict):
        return _container
    if kind.__name__ in _none and looking.root_of(kind) == "builtins":
        return _nothing
    if readers.describe(thing) is None:
        return _container if dict in looking.kinds(thing) or tuple in looking.kinds(thing) else _nothing
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    try:
        if torch is not None and kind in (torch.Tensor, torch.nn.Parameter):
            return _torch_reader(torch)
        if numpy is not None and kind is numpy.ndarray:
            return lambda array: (array.shape, array.dtype, None)
    except AttributeError:
        pass
    return _described


def _torch_reader(torch):
    base = (getattr(torch._C, "TensorBase", None) or torch._C._TensorBase).__dict__
    shape, dtype, device = base["shape"].__get__, base["dtype"].__get__, base["device"].__get__
    quiet, modes = torch._C.DisableTorchFunction, getattr(torch._C, "_len_torch_function_stack", None)

    def read(tensor):
        if modes is not None and not modes():
            return shape(tensor), dtype(tensor), device(tensor)
        # No mode of the program's is asked.
        with quiet():
            return shape(tensor), dtype(tensor), device(tensor)

    return read
