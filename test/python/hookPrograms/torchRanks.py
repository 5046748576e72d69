# The second rank fails, the first one because of it.
import sys

import torch
import torch.distributed as dist
from torch.distributed.elastic.multiprocessing.errors import record


def main():
    dist.init_process_group("gloo")
    h, w = torch.ones(2, 3), torch.ones(3 + dist.get_rank(), 5)
    if dist.get_rank() == 0:
        dist.barrier()
    print(sys.excepthook is sys.__excepthook__)
    h @ w


record(main)() if "record" in sys.argv else main()
