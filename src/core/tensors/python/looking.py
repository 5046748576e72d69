"""Looks at objects without running code of theirs: no property, no __getattr__, no __class__ that lies."""

import types

_mro = type.__dict__["__mro__"].__get__
_module = type.__dict__["__module__"].__get__
short_name = type.__dict__["__name__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_plain = (types.GetSetDescriptorType, types.MemberDescriptorType)


def kinds(thing):
    """The classes of a thing, its own first."""
    return _mro(type(thing))


def module_of(kind):
    """The module that a class says to come from; "" where it says nothing usable."""
    try:
        name = _module(kind)
    except Exception:
        return ""
    return name if type(name) is str else ""


def root_of(kind):
    return module_of(kind).partition(".")[0]


def name_of(kind):
    """`torch.nn.parameter.Parameter`"""
    return (module_of(kind) + "." + _qualname(kind))[:200]


def namespace(thing):
    """The attributes of the thing itself, as the dict that holds them; empty where it has none."""
    if type(thing) is types.ModuleType or types.ModuleType in kinds(thing):
        found = types.ModuleType.__dict__["__dict__"].__get__(thing)
        return found if type(found) is dict else {}
    for kind in kinds(thing):
        held = _mapping(kind).get("__dict__")
        if held is not None:
            found = held.__get__(thing) if type(held) is types.GetSetDescriptorType else {}
            return found if type(found) is dict else {}
    return {}


def _mapping(kind):
    return type.__dict__["__dict__"].__get__(kind)


def stored(thing, name):
    """(value,) of an attribute that is simply there: in the thing, in a slot or a plain value of its class; else ()."""
    own = namespace(thing)
    if name in own:
        return (own[name],)
    for kind in kinds(thing):
        held = _mapping(kind)
        if name not in held:
            continue
        value = held[name]
        if type(value) in _plain or type(value).__name__ == "_tuplegetter":
            # A slot of a class of C can compute: only what Python itself made of __slots__ and namedtuple is known to be plain.
            if type(value) is types.GetSetDescriptorType:
                return ()
            try:
                return (value.__get__(thing, type(thing)),)
            except AttributeError:
                return ()
        return () if hasattr(type(value), "__get__") else (value,)
    return ()


def read(thing, name, roots):
    """An attribute as a framework's own class defines it, whatever a class of the user's says of that name: the framework's
    code may run for it. Raises AttributeError."""
    for kind in kinds(thing):
        held = _mapping(kind)
        if name in held and root_of(kind) in roots:
            value = held[name]
            return value.__get__(thing, type(thing)) if hasattr(type(value), "__get__") else value
    own = namespace(thing)
    if name in own:
        return own[name]
    raise AttributeError(name)


def dict_like(thing):
    """A dict or one of its subclasses, for the methods of dict itself."""
    return dict in kinds(thing)
