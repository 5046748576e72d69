# Objects that must not be asked anything, in every place where the hook looks. Fails at `left @ right`.
import sys
import time


def hang():
    sys.stdout.write("asked\n")
    sys.stdout.flush()
    time.sleep(1000)


class Liar(type):
    def __getattribute__(cls, name):
        if name in ("__module__", "__mro__", "__name__", "__qualname__", "__dict__"):
            hang()
        return type.__getattribute__(cls, name)


# Since Python asks a metaclass itself while it makes a class.
Metaclass = Liar("Metaclass", (), {})


class Hanging(object):
    shape = property(lambda self: hang())
    dtype = property(lambda self: hang())
    device = property(lambda self: hang())
    weight = property(lambda self: hang())

    def __repr__(self):
        hang()

    __str__ = __format__ = __bool__ = __len__ = __iter__ = __hash__ = __eq__ = __call__ = __repr__

    def __getattribute__(self, name):
        hang()

    def __getattr__(self, name):
        hang()


class Raising(object):
    @property
    def __class__(self):
        hang()

    @property
    def __dict__(self):
        hang()

    def __getattr__(self, name):
        raise RuntimeError("no " + name)

    def __matmul__(self, other):
        # Neither operand can be told, whatever they say.
        raise ValueError("left and right do not fit")


class Mapping(dict):
    def __getitem__(self, key):
        hang()

    def __iter__(self):
        hang()

    items = keys = values = get = __iter__


class Sequence(list):
    def __getitem__(self, key):
        hang()

    def __iter__(self):
        hang()

    __len__ = __iter__


class Pretender(object):
    """Says that it comes from a framework."""

    __module__ = "torch"
    shape = property(lambda self: hang())


Pretender.__name__ = "Tensor"


class Slotted(object):
    __slots__ = ("filled", "empty")

    def __init__(self):
        self.filled = 1


class Words(Exception):
    def __str__(self):
        hang()

    __repr__ = __str__


def fail(holder):
    metaclass, hanging, raising, mapping, sequence = Metaclass, Hanging(), Raising(), Mapping(x=1), Sequence([1])
    pretender, slotted = Pretender(), Slotted()
    named = {"\ud800": 1, 2: hanging}
    many = [hanging] * 10000
    left, right = raising, hanging
    return left @ right


if __name__ == "__main__":
    if sys.argv[1:] == ["words"]:
        # Python itself prints its words, which hang: only the hook is asked.
        import os
        from _tensorline import watch

        try:
            raise Words(Hanging())
        except Words as error:
            watch.notice(error)
        os._exit(9)
    fail(Hanging)
