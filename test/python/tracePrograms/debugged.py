"""A program that traces itself, as a debugger does."""

import sys

import numpy as np

seen = []


def trace(frame, event, _arg):
    if frame.f_code.co_name == "work":
        seen.append(event)
    return trace


def work():
    h = np.zeros((3, 4))
    return h


work()
sys.settrace(trace)
work()
print(seen, sys.gettrace() is trace)
