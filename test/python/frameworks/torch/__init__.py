"""A stand-in for PyTorch on a machine with GPUs, by numbers alone: TORCH_GPUS of them. TORCH_FAILS names the place that
fails, as `matmul1`, and TORCH_SAYS what is said there. It knows just what the self-test asks for."""
import os
import sys
import types

__version__ = "2.13.0+cu130"


def at(place):
    if os.environ.get("TORCH_FAILS") == place:
        raise RuntimeError(os.environ["TORCH_SAYS"])


class Number:
    """A tensor of one number, somewhere."""

    def __init__(self, value=1.0, device="cpu"):
        self.value, self.device = value, device

    def to(self, device):
        return Number(self.value, device)

    cpu = double = float = abs = max = relu = numpy = lambda self: self
    sum = reshape = lambda self, *shape, **names: self

    def add_(self, other):
        at("matmul" + self.device[5:])
        return self

    def all(self):
        return self.value

    def __eq__(self, other):
        return Number(self.value == other)

    def __matmul__(self, other):
        # A sick GPU is off by one.
        sick = os.environ.get("TORCH_SICK") == self.device
        return Number(self.value * other.value + sick, self.device)

    def __add__(self, other):
        return Number(self.value + other.value)

    def __sub__(self, other):
        return Number(self.value - other.value)

    def __mul__(self, factor):
        return Number(self.value * factor)

    def __float__(self):
        return float(self.value)

    def __getitem__(self, index):
        return self


def module(name, **members):
    made = types.ModuleType("torch." + name)
    made.__dict__.update(members)
    sys.modules["torch." + name] = made
    globals()[name] = made
    return made


def initialize():
    at("init")


def properties(index):
    return types.SimpleNamespace(name="NVIDIA H100 80GB HBM3", major=9, minor=0, uuid="GPU-%d" % index)


def compile(function):
    at("compile")
    return function


def init_process_group(backend, **names):
    at("join%d" % names["rank"])
    if os.environ.get("TORCH_HANGS") == str(names["rank"]):
        import time

        time.sleep(1000)
    distributed.ranks = names["world_size"]


def all_reduce(values):
    values.value = distributed.ranks * (distributed.ranks + 1) / 2.0


at("import")
module("version", cuda="13.0", hip=None)
module(
    "cuda",
    init=initialize,
    device_count=lambda: int(os.environ.get("TORCH_GPUS", "2")),
    get_device_properties=properties,
    get_arch_list=lambda: ["sm_80", "sm_90"],
    set_device=lambda device: None,
    mem_get_info=lambda device: (300 * 2**20, 80 * 2**30),
)
module("distributed", init_process_group=init_process_group, all_reduce=all_reduce, barrier=lambda: None)
device = str
tensor = lambda rows: Number()
ones = lambda size: Number()
zeros = lambda size, device: Number(0, device)
full = lambda size, value, device: Number(value, device)
linspace = lambda *bounds: Number()
sin = lambda number: number
