"""An operation that fails while all of them are looked at."""

import torch


def multiply(x, w):
    h = torch.relu(x)
    return h @ w


multiply(torch.ones(4, 5), torch.ones(3, 2))
