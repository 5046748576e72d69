# Ways in which PyTorch runs a program's parts; each fails in another place.
import threading
import warnings

import torch
import torch.multiprocessing
import torch.nn.functional as F


class Head(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc2, self.drop = torch.nn.Linear(512, 10), torch.nn.Dropout(0.1)

    def forward(self, x):
        é = 1; return é * self.fc2(x)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 784))
        self.head = Head()

    def forward(self, x):
        h = self.body(x)
        return self.head(h)


class Pictures(torch.utils.data.Dataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        image, mask = torch.zeros(3, 8), torch.zeros(4)
        return image + mask


def rank(number, model):
    x = torch.ones(2, 3)
    model(x)


def fill():
    small = torch.ones(1000, 1000)
    return torch.empty(2**50) + small


def loaded():
    for batch in torch.utils.data.DataLoader(Pictures(), num_workers=1, batch_size=2):
        pass


def main():
    warnings.simplefilter("always")
    prediction, target = torch.ones(4, 1), torch.ones(4)
    F.mse_loss(prediction, target)
    try:
        torch.multiprocessing.start_processes(rank, (torch.nn.Linear(4, 5),), nprocs=1, start_method="fork")
    except Exception as error:
        print(type(error).__name__)
    try:
        loaded()
    except RuntimeError:
        print("the worker failed")
    full = threading.Thread(target=fill)
    full.start()
    full.join()
    batch = {"x": torch.zeros(32, 1, 28, 28)}
    model = Net()
    model(batch["x"])


main()
