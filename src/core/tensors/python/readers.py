"""What is known of a tensor without touching its data: one reader for each framework, chosen by the names of its classes.
Only host-side metadata is read: after a device-side assert any call of the GPU would raise once more, or hang."""

import sys
from _tensorline import looking
from _tensorline.looking import namespace, read

# No reader of JSON is exact above.
_most = 2**53


def describe(thing):
    """What is known of a tensor, without its name; None for any other thing, quickly."""
    for kind in looking.kinds(thing):
        reader = _readers.get((looking.root_of(kind), looking.short_name(kind)))
        if reader is None:
            continue
        found = {"type": looking.name_of(type(thing))}
        try:
            reader(thing, found)
            _finish(found)
        except Exception:
            found.setdefault("notes", []).append("unreadable")
        if not found.get("notes"):
            found.pop("notes", None)
        return found
    return None


def _finish(found):
    shape, strides = found.get("shape"), found.get("strides")
    if shape is not None and strides is not None and None not in shape:
        found["isContiguous"] = is_contiguous(shape, strides)
    width = _width(found.get("dtype", ""))
    if shape is not None and width and None not in shape and _product(shape) * width < _most:
        found["bytes"] = _product(shape) * width
    if any(abs(step) >= _most for step in strides or ()):
        del found["strides"]


def _product(shape):
    total = 1
    for size in shape:
        total *= size
    return total


def is_contiguous(shape, strides):
    expected = 1
    for size, stride in zip(reversed(shape), reversed(strides)):
        if size == 0:
            return True
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


def _width(dtype):
    """Bytes of an element, from the name of its type: `float8_e4m3fn` has 8 bits."""
    if dtype == "bool":
        return 1
    digits = ""
    for letter in dtype.partition("_")[0]:
        if letter.isdigit():
            digits += letter
        elif digits:
            break
    return int(digits) // 8 if digits else 0


def _sizes(sizes):
    """A size that is no number of Python's own is one that is not known."""
    return [size if type(size) is int and 0 <= size < _most else None for size in tuple.__iter__(sizes)]


def _torch(tensor, found):
    torch = sys.modules["torch"]
    base = getattr(torch._C, "TensorBase", None) or torch._C._TensorBase
    found["notes"] = notes = _torch_notes(tensor, torch)
    with torch._C.DisableTorchFunction():
        get = lambda name: base.__dict__[name].__get__(tensor)
        found["dtype"] = str(get("dtype")).replace("torch.", "")
        own = namespace(tensor)
        found["device"] = str(own.get("_fake_device", own.get("fake_device")) or get("device"))
        found["requiresGrad"] = get("requires_grad") is True
        layout = str(get("layout")).replace("torch.", "")
        if found["device"].startswith("meta"):
            notes.append("meta")
        if layout != "strided":
            notes.append(layout)
        if get("is_quantized"):
            notes.append("quantized")
        if "nested" not in notes and "is_nested" in base.__dict__ and get("is_nested"):
            notes.append("nested")
        if "uninitialized" in notes or "custom" in notes:
            return
        if layout == "jagged":
            found["shape"] = _sizes(own["_size"])
            return
        if "nested" in notes:
            return
        found["shape"] = _sizes(get("shape"))
        if layout == "strided":
            strides = [step if type(step) is int else None for step in base.__dict__["stride"].__get__(tensor)()]
            if None not in strides:
                found["strides"] = strides


_torch_roots = ("torch", "torchao", "torchvision", "functorch")


def _torch_notes(tensor, torch):
    notes = []
    plain = torch._C.__dict__.get("_disabled_torch_dispatch_impl")
    for kind in looking.kinds(tensor):
        name = looking.name_of(kind)
        for end, note in _torch_kinds:
            if name.endswith(end):
                notes.append(note)
        dispatch = type.__dict__["__dict__"].__get__(kind).get("__torch_dispatch__")
        if dispatch is not None and dispatch is not plain and looking.root_of(kind) not in _torch_roots:
            # Its sizes may be computed by code of the user's.
            notes.append("custom")
    wrapped = getattr(getattr(torch._C, "_functorch", None), "is_functorch_wrapped_tensor", None)
    if wrapped is not None and not notes and wrapped(tensor):
        notes.append("functorch")
    return notes


_torch_kinds = (
    (".FakeTensor", "fake"),
    (".DTensor", "dtensor"),
    (".NestedTensor", "nested"),
    (".UninitializedTensorMixin", "uninitialized"),
    (".FunctionalTensor", "functional"),
)


def _numpy(array, found):
    base = sys.modules["numpy"].ndarray.__dict__
    get = lambda name: base[name].__get__(array)
    found["shape"] = _sizes(get("shape"))
    dtype = get("dtype")
    found["dtype"] = str(dtype)[:80] if dtype.names is None else "structured"
    found["device"] = "cpu"
    width = int(dtype.itemsize)
    steps = get("strides")
    if width and all(step % width == 0 for step in steps):
        found["strides"] = [step // width for step in steps]
    if looking.name_of(type(array)).endswith(".MaskedArray"):
        found["notes"] = ["masked"]


def _jax(array, found):
    aval = read(array, "aval", ("jax", "jaxlib"))
    found["shape"] = _sizes(tuple(read(aval, "shape", ("jax",))))
    found["dtype"] = str(read(aval, "dtype", ("jax",)))
    names = [looking.short_name(kind) for kind in looking.kinds(array)]
    if "Tracer" in names:
        found["notes"] = ["tracer"]
        return
    # A plain value of the array: what computes it is left alone.
    found["device"] = _jax_device(read(array, "_sharding", ("jax", "jaxlib")))


def _jax_device(sharding):
    if not looking.name_of(type(sharding)).endswith(".SingleDeviceSharding"):
        return "sharded"
    device = read(sharding, "_device", ("jaxlib", "jax"))
    return "%s:%d" % (read(device, "platform", ("jaxlib", "jax")), read(device, "id", ("jaxlib", "jax")))


_tensorflow_roots = ("tensorflow",)


def _tensorflow(tensor, found):
    names = [looking.short_name(kind) for kind in looking.kinds(tensor)]
    if "EagerTensor" in names:
        shape = read(tensor, "_shape_tuple", _tensorflow_roots)()
        found["device"] = read(tensor, "device", _tensorflow_roots).rpartition("/device:")[2].lower()
        found["shape"] = _sizes(shape)
    else:
        found["notes"] = ["symbolic"]
        _tensor_shape(read(tensor, "shape", _tensorflow_roots), found)
    _tensorflow_type(read(tensor, "dtype", _tensorflow_roots), found)


def _tensorflow_variable(variable, found):
    own = namespace(variable)
    _tensor_shape(own["_shape"], found)
    _tensorflow_type(own["_dtype"], found)
    found["requiresGrad"] = own.get("_trainable") is True


def _tensorflow_type(dtype, found):
    name = read(dtype, "name", _tensorflow_roots)
    if type(name) is str:
        found["dtype"] = name


def _tensor_shape(shape, found):
    dims = read(shape, "_dims", _tensorflow_roots)
    if dims is not None:
        found["shape"] = _sizes(tuple(dims))


def _ragged(tensor, found):
    """Rows of different length: computing more of its shape would touch the data."""
    own = namespace(tensor)
    rows = namespace(own["_row_partition"]).get("_row_splits")
    splits, inner = describe(rows) or {}, describe(own["_values"]) or {}
    found["notes"] = ["ragged"]
    count = (splits.get("shape") or [None])[0]
    if inner.get("shape"):
        found["shape"] = [None if count is None else count - 1, None] + inner["shape"][1:]
    for name in ("dtype", "device"):
        if name in inner:
            found[name] = inner[name]
    found["notes"] += [note for note in inner.get("notes", []) if note not in found["notes"]]


def _sparse(tensor, found):
    own = namespace(tensor)
    found["notes"] = ["sparse_coo"]
    values = describe(own["_values"]) or {}
    for name in ("dtype", "device"):
        if name in values:
            found[name] = values[name]
    static = own.get("_dense_shape_default")
    if static is not None:
        _tensor_shape(static, found)


def _keras(tensor, found):
    own = namespace(tensor)
    shape = own.get("_shape")
    if shape is not None:
        found["shape"] = _sizes(tuple(shape))
    if type(own.get("_dtype")) is str:
        found["dtype"] = own["_dtype"]
    if looking.name_of(type(tensor)).endswith(".KerasTensor"):
        found["notes"] = ["symbolic"]
    else:
        found["requiresGrad"] = own.get("_trainable") is True


# By the root of a class's module and its name.
_readers = {
    ("torch", "Tensor"): _torch,
    ("numpy", "ndarray"): _numpy,
    ("jaxlib", "ArrayImpl"): _jax,
    ("jax", "ArrayImpl"): _jax,
    ("jax", "Tracer"): _jax,
    ("tensorflow", "RaggedTensor"): _ragged,
    ("tensorflow", "SparseTensor"): _sparse,
    ("tensorflow", "BaseResourceVariable"): _tensorflow_variable,
    ("tensorflow", "EagerTensor"): _tensorflow,
    ("tensorflow", "Tensor"): _tensorflow,
    ("keras", "KerasTensor"): _keras,
    ("keras", "Variable"): _keras,
}
_roots = {root for root, _name in _readers}


def versions():
    """Those of the frameworks that the program has imported."""
    found = {}
    for name in sorted(_roots):
        module = sys.modules.get(name)
        version = namespace(module).get("__version__") if module is not None else None
        if version is not None and str in looking.kinds(version):
            found[name] = str.__str__(version)[:80]
    return found
