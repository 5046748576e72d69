# The median processor time of a training step in milliseconds, in one thread. Arguments: width, rows of a batch, steps.
import sys
import time

import torch

width, rows, steps = map(int, sys.argv[1:])
torch.set_num_threads(1)
torch.manual_seed(0)
layers = [layer for _ in range(6) for layer in (torch.nn.Linear(width, width), torch.nn.ReLU())]
model = torch.nn.Sequential(*layers)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(rows, width), torch.randn(rows, width)
times = []
for step in range(steps):
    began = time.process_time()
    loss = torch.nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    times.append(time.process_time() - began)
times.sort()
print(times[len(times) // 2] * 1000)
