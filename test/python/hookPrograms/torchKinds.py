# A frame with every kind of tensor; fails in a vmap.
import os

import torch
from torch._subclasses import FakeTensorMode


class Own(torch.Tensor):
    """Answers nothing without saying so."""

    @property
    def shape(self):
        print("asked for its shape")
        raise RuntimeError("no")

    @classmethod
    def __torch_function__(cls, *args, **kwargs):
        print("asked for anything")
        raise RuntimeError("no")

    def __repr__(self):
        print("asked for its words")
        raise RuntimeError("no")


class Computed(torch.Tensor):
    """Has sizes that only its own code knows."""

    @staticmethod
    def __new__(cls):
        return torch.Tensor._make_wrapper_subclass(cls, (2, 3), dispatch_sizes_strides_policy="sizes")

    @classmethod
    def __torch_dispatch__(cls, *args, **kwargs):
        print("asked for its sizes")
        raise RuntimeError("no")


def distributed():
    import torch.distributed as dist
    from torch.distributed.tensor import Shard, distribute_tensor, init_device_mesh

    dist.init_process_group("gloo", rank=0, world_size=1, init_method="file://" + os.environ["TMPDIR"] + "/meeting")
    return distribute_tensor(torch.ones(8, 2), init_device_mesh("cpu", (1,)), [Shard(0)])


def fail():
    with FakeTensorMode():
        fake = torch.empty(2, 3)
    meta = torch.empty(4, 5, device="meta", dtype=torch.bfloat16)
    sparse, rows = torch.eye(3).to_sparse(), torch.eye(3).to_sparse_csr()
    pieces = [torch.ones(2), torch.ones(3)]
    nested, jagged = torch.nested.nested_tensor(pieces), torch.nested.nested_tensor(pieces, layout=torch.jagged)
    quantized = torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.qint8)
    lazy = torch.nn.LazyLinear(4).weight
    huge = torch.empty(2**60, device="meta")
    own, computed = torch.ones(2, 2).as_subclass(Own), Computed()
    spread = distributed()
    many = [torch.ones(1)] * 10000
    weights = torch.nn.Parameter(torch.ones(4, 3))
    held = {"x": torch.ones(3, 4).t()}

    def inner(row):
        return row @ weights.T

    torch.vmap(inner)(torch.ones(7, 5))


fail()
