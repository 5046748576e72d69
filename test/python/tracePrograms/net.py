"""A small network for pictures; the last of its batches is short."""

import torch
from torch import nn


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 10)
        self.unused = nn.Linear(3, 3)

    def forward(self, x):
        h = torch.relu(self.fc1(x))
        return self.fc2(h)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.head = Head()

    def forward(self, images):
        h = self.pool(torch.relu(self.conv(images)))
        h = h.flatten(1)
        return self.head(h)


torch.manual_seed(0)
images, labels = torch.randn(72, 1, 28, 28), torch.randint(0, 10, (72,))
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for start in range(0, 72, 32):
    batch = images[start : start + 32]
    target = labels[start : start + 32]
    loss = nn.functional.cross_entropy(net(batch), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(tuple(batch.shape), loss.dim())
