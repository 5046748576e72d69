"""What a trace must leave alone: the same is printed with and without it."""

import os
import sys
import threading
import weakref

import numpy as np


class Talking:
    """Whatever looks at it is heard."""

    def __getattr__(self, name):
        print("asked for", name)
        raise RuntimeError(name)

    @property
    def shape(self):
        print("asked for a shape")
        return (1,)

    def __len__(self):
        print("asked for a length")
        return 1


class Pair(tuple):
    def __iter__(self):
        print("asked for all")
        return super().__iter__()


def forgets():
    h = np.zeros((3, 5))
    held = weakref.ref(h)
    del h
    return held() is None


def keeps():
    a = np.zeros((2, 2))
    held = locals()
    b = a
    return held["a"] is a, b is a


def fails(x):
    x = x @ np.zeros((7, 7))
    return x


def several(count):
    for at in range(count):
        part = np.zeros((at + 1, 6))
        yield part


def spin(count):
    total = 0
    for number in range(count):
        total += number % 7
    return total


def deep(number):
    here = np.zeros((2, 3))
    return deep(number - 1) if number else len(here)


talking = Talking()
pair = Pair((np.zeros((4, 4)), 1))
found = {"talking": talking, "list": [talking] * 3}
print(forgets(), keeps())
try:
    fails(None)
except TypeError:
    print("failed")
print([part.shape for part in several(3)])
print(spin(20000), deep(50))
try:
    deep(sys.getrecursionlimit())
except RecursionError:
    print("too deep")
exec(compile("made = 1", "<made>", "exec"))
thread = threading.Thread(target=lambda: print(forgets()))
thread.start()
thread.join()
sys.stdout.flush()
child = os.fork()
if child == 0:
    print("child", np.zeros((9, 9)).shape)
    sys.stdout.flush()
    os._exit(3)
print(os.waitpid(child, 0)[1] >> 8)
sys.exit(5)
