"""The tensors that take part in an expression. A name is looked up, never computed: no call, no property, no index into a tensor."""

import ast

from _tensorline import looking, readers

_most = 16
_from_list = 8
_no = ()


def of_node(node, frame):
    """Named tensors in the order in which they stand in an expression: a list of (name, value, known); `known` is the
    description of a view of it, where the expression names one."""
    found = []
    try:
        for part in _parts(node):
            _take(part, frame, found)
        if isinstance(node, ast.Call):
            _layer(node.func, frame, found)
    except Exception:
        pass
    return found[:_most]


def _parts(node):
    """What an operation works on."""
    if isinstance(node, (ast.Expr, ast.Return, ast.Await, ast.Yield, ast.Starred)):
        node = node.value
        return _parts(node) if node is not None else []
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.AugAssign):
        return [node.target, node.value]
    if isinstance(node, ast.Assign):
        subscripts = [target for target in node.targets if isinstance(target, ast.Subscript)]
        return subscripts + ([node.value] if subscripts or _is_plain(node.value) else _parts(node.value))
    if isinstance(node, ast.Compare):
        return [node.left] + node.comparators
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.Subscript):
        return [node.value] + _indices(node)
    if isinstance(node, ast.Call):
        method = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        return method + node.args + [keyword.value for keyword in node.keywords]
    if isinstance(node, (ast.For, ast.comprehension)):
        return [node.iter]
    if isinstance(node, (ast.If, ast.While, ast.Assert)):
        return _parts(node.test)
    return [node]


def _is_plain(node):
    return isinstance(node, (ast.Name, ast.Attribute, ast.Tuple, ast.List))


def _indices(node):
    index = node.slice
    # An ast.Index and an ast.ExtSlice until Python 3.8.
    index = getattr(index, "value", index) if type(index).__name__ == "Index" else index
    return list(getattr(index, "elts", getattr(index, "dims", [index])))


def _take(node, frame, found):
    if isinstance(node, ast.Starred):
        node = node.value
    if isinstance(node, ast.Call) and len(node.args) == 1 and text_of(node.func) == "ag__.ld":
        # What TensorFlow makes of a name in code that it rewrites.
        node = node.args[0]
    if isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts[:_from_list]:
            _take(element, frame, found)
        return
    held = lookup(node, frame)
    if held is _no:
        # What it computes is gone; a tensor in it is what can be told: the base of `x[0]`, the left side of `x.T`.
        if isinstance(node, ast.Subscript):
            _take(node.value, frame, found)
        return
    value, view = held
    name = text_of(node)
    known = readers.describe(value)
    if known is not None:
        found.append((name, value, _viewed(known, view)))
    elif type(value) in (list, tuple):
        for index, element in enumerate(value[:_from_list]):
            known = readers.describe(element)
            if known is not None:
                found.append(("%s[%d]" % (name, index), element, known))


def lookup(node, frame):
    """(value, views) that an expression names; () where it would have to be computed."""
    if isinstance(node, ast.Name):
        for scope in (frame.locals, frame.globals):
            if node.id in scope:
                return scope[node.id], ()
        return _no
    if isinstance(node, ast.Attribute):
        held = lookup(node.value, frame)
        return _attribute(held, node.attr) if held is not _no else _no
    if isinstance(node, ast.Subscript):
        held = lookup(node.value, frame)
        return _item(held, node, frame) if held is not _no and not held[1] else _no
    return _no


def _attribute(held, name):
    value, views = held
    if name in ("T", "mT", "H", "mH", "data") and readers.describe(value) is not None:
        return value, views if name == "data" else views + (name,)
    if views:
        return _no
    own = looking.namespace(value)
    for place in (own, own.get("_parameters"), own.get("_buffers"), own.get("_modules")):
        if type(place) is dict and name in place:
            return place[name], ()
        if looking.dict_like(place):
            found = dict.get(place, name, _no)
            if found is not _no:
                return found, ()
    if name == "kernel" and "_kernel" in own:
        return own["_kernel"], ()
    found = looking.stored(value, name)
    return (found[0], ()) if found else _no


def _item(held, node, frame):
    value = held[0]
    indices = _indices(node)
    if len(indices) != 1:
        return _no
    key = _key(indices[0], frame)
    kinds = looking.kinds(value)
    if dict in kinds and type(key) in (str, int):
        found = dict.get(value, key, _no)
        return (found, ()) if found is not _no else _no
    for kind in (list, tuple):
        if kind in kinds and type(key) is int and -kind.__len__(value) <= key < kind.__len__(value):
            return kind.__getitem__(value, key), ()
    return _no


def _key(node, frame):
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _key(node.operand, frame)
        return -number if type(number) is int else None
    if isinstance(node, ast.Name):
        held = lookup(node, frame)
        return held[0] if held is not _no else None
    # ast.Num and ast.Str until Python 3.7.
    return getattr(node, "value", getattr(node, "n", getattr(node, "s", None)))


def _viewed(known, views):
    for view in views:
        shape, strides = known.get("shape"), known.get("strides")
        for name, sizes in (("shape", shape), ("strides", strides)):
            if sizes is not None and len(sizes) > 1:
                turned = sizes[::-1] if view in ("T", "H") else sizes[:-2] + sizes[:-3:-1]
                known[name] = list(turned)
        if "isContiguous" in known:
            known["isContiguous"] = readers.is_contiguous(known["shape"], known["strides"])
    return known


def _layer(function, frame, found):
    """The weights of a layer that is called."""
    held = lookup(function, frame)
    if held is _no:
        return
    own = looking.namespace(held[0])
    parameters = own.get("_parameters")
    name = text_of(function)
    name = name[5:] if name.startswith("self.") else name
    if type(parameters) is dict:
        pairs = list(parameters.items())
    else:
        pairs = [(key.lstrip("_"), own[key]) for key in ("_kernel", "kernel", "bias", "_embeddings", "gamma", "beta") if key in own]
    for key, value in pairs[:4]:
        known = readers.describe(value)
        if known is not None and type(key) is str:
            found.append((name + "." + key, value, known))


def text_of(node):
    """A name as the code writes it."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return text_of(node.value) + "." + node.attr
    if isinstance(node, ast.Subscript):
        index = _indices(node)[0]
        return text_of(node.value) + "[" + (_key_text(index)) + "]"
    return "…"


def _key_text(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.UnaryOp):
        return "-" + _key_text(node.operand)
    value = getattr(node, "value", getattr(node, "n", getattr(node, "s", None)))
    return '"%s"' % value if type(value) is str else str(value) if type(value) is int else "…"
