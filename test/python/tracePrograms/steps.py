"""Batches of arrays, the last of them short, through two functions."""

import numpy as np


def project(x, weight):
    h = x.reshape(len(x), -1)
    return (
        h
        @ weight
    )


def main():
    data = {"x": np.zeros((100, 28, 28), dtype="float32")}
    weight = np.zeros((784, 10), dtype="float32")
    for at in range(0, 100, 32):
        batch = data["x"][at : at + 32]
        scores = project(batch, weight)
        total = sum(index for index in range(3))
        pair = [batch, scores]
    print(scores.shape, total, len(pair))


main()
