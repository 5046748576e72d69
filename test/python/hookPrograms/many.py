# More failures, frames and words than a record has room for.
import sys

from _tensorline import watch


def deep(n, words):
    if n == 0:
        raise ValueError(words)
    deep(n - 1, words)


for number in range(40):
    try:
        deep(60, "%d " % number + "é" * 20000)
    except ValueError as error:
        watch.notice(error)
