"""The layers of a model on the way to the one that failed, by identity: nothing of a model is called."""

from _tensorline import looking
from _tensorline.looking import namespace

_most = 5000
_sizes = (
    "in_features out_features in_channels out_channels kernel_size stride padding dilation groups num_embeddings "
    "embedding_dim num_features normalized_shape num_groups num_channels input_size hidden_size num_layers batch_first "
    "embed_dim num_heads in1_features in2_features output_size start_dim end_dim p "
    "units filters strides rate axis input_dim output_dim target_shape pool_size num_heads key_dim features"
).split()
_defaults = {"stride": (1, (1,), (1, 1), (1, 1, 1)), "padding": (0, (0,), (0, 0), (0, 0, 0))}
_defaults.update({"dilation": _defaults["stride"], "groups": (1,), "strides": _defaults["stride"], "batch_first": (False,)})


def on_the_way(selves):
    """The layers of the frames' own objects, the outermost first, and those beside the last one in its parent."""
    chain = _chain(selves)
    told = [_told(path, layer) for path, layer in chain][-24:]
    if len(chain) < 2:
        return told, []
    (above, parent), (_path_, failed) = chain[-2:]
    beside = [(name, child) for name, child in _children(parent) if child is not failed][:24]
    return told, [_told(above + "." + name if above else name, child) for name, child in beside]


def _chain(selves):
    """[(path, layer)], each once, with what lies between."""
    chain = []
    for thing in selves:
        if not is_layer(thing) or any(thing is known for _path, known in chain):
            continue
        if not chain:
            chain = [("", thing)]
            continue
        between = _path(chain[-1][1], thing)
        if between is None:
            # It is not part of what called it: a model of its own.
            chain = [("", thing)]
            continue
        path = chain[-1][0]
        for name, layer in between:
            path = path + "." + name if path else name
            chain.append((path, layer))
    return chain


def is_layer(thing):
    for kind in looking.kinds(thing):
        root, name = looking.root_of(kind), looking.short_name(kind)
        if (root, name) in (("torch", "Module"), ("keras", "Layer"), ("flax", "Module")):
            return True
    return False


def _children(layer):
    own = namespace(layer)
    modules = own.get("_modules")
    if modules is not None and looking.dict_like(modules):
        return [(name, child) for name, child in dict.items(modules) if child is not None and type(name) is str]
    found = []
    held = own.get("_layers")
    if held is not None and list in looking.kinds(held):
        for child in list.__iter__(held):
            name = namespace(child).get("name") or namespace(child).get("_name")
            found.append((name if type(name) is str else "?", child))
    return found


def _path(layer, wanted):
    """[(name, layer)] from below a layer down to another; None where it is not in it."""
    waiting, seen = [(layer, ())], {id(layer)}
    for current, path in waiting:
        for name, child in _children(current):
            way = path + ((name, child),)
            if child is wanted:
                return way
            if id(child) not in seen and len(seen) < _most:
                seen.add(id(child))
                waiting.append((child, way))
    return None


def _told(path, layer):
    told = {"path": path[:200], "type": looking.short_name(type(layer))[:80]}
    own = namespace(layer)
    words = []
    for name in _sizes:
        value = own.get(name)
        if _is_simple(value) and value not in _defaults.get(name, ()) and not any(word.startswith(name + "=") for word in words):
            words.append("%s=%s" % (name, value if type(value) is not str else value[:20]))
    parameters = own.get("_parameters")
    if type(parameters) is dict and words and "bias" in parameters:
        words.append("bias=%s" % (parameters["bias"] is not None))
    if words:
        told["sizes"] = ", ".join(words)[:300]
    return told


def _is_simple(value):
    if type(value) is tuple:
        return len(value) <= 6 and all(type(one) is int for one in value)
    return type(value) in (int, bool, str) or type(value) is float
