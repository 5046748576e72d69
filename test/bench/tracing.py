"""What a shape trace costs a training step: rounds with and without it in turns, in one process. Arguments: what is traced,
width, batch, steps a round, rounds. Prints JSON: what a step took in each round, in milliseconds of processor time."""

import json
import sys
import time
from contextlib import contextmanager

import torch
from torch import nn

from _tensorline import trace, traceLines, watch

mode, width, batch, steps, rounds = sys.argv[1], *map(int, sys.argv[2:6])
torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(6)])

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
data, target = torch.randn(batch, width), torch.randn(batch, width)


def step():
    prediction = net(data)
    loss = nn.functional.mse_loss(prediction, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def a_round():
    began = time.process_time()
    for _ in range(steps):
        step()
    return (time.process_time() - began) / steps * 1000


@contextmanager
def without():
    """The round that the trace has no part in."""
    from torch.nn.modules import module
    from torch.utils._python_dispatch import _disable_current_modes

    hooks = dict(module._global_forward_hooks)
    module._global_forward_hooks.clear()
    with _disable_current_modes():
        yield
    module._global_forward_hooks.update(hooks)


step()
trace.install(mode, watch)
if mode == "lines":
    trace._state["lines"].stop()
found = {"without": [], "with": []}
for _ in range(rounds):
    with without():
        found["without"].append(a_round())
    if mode == "lines":
        # As in the first steps of a program, and not what there is time for later.
        traceLines._budget.update(began=0.0, spent=0.0)
        trace.install(mode, watch)
    found["with"].append(a_round())
    if mode == "lines":
        trace._state["lines"].stop()
        trace._state.pop("lines")
print(json.dumps(found))
