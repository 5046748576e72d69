# What a self-test asks of each framework: the devices that it sees, and a product on one of them. Part of steps.py.
import json
import os
import sys

SIZE = 256


class WrongResult(Exception):
    pass


def words(value):
    return None if value is None else str(value)[:300]


def known(**facts):
    return {name: value for name, value in facts.items() if value is not None}


def load(framework):
    return __import__(framework)


def torch_devices():
    torch = load("torch")
    if torch.version.cuda is None and getattr(torch.version, "hip", None) is None:
        return {"cpuBuild": True, "devices": []}
    # `is_available` turns every reason into a warning; this raises it.
    try:
        torch.cuda.init()
    except RuntimeError as error:
        if "No CUDA GPUs are available" not in str(error) and "No HIP GPUs are available" not in str(error):
            raise
        return {"devices": []}
    every = []
    for index in range(torch.cuda.device_count()):
        facts = torch.cuda.get_device_properties(index)
        gfx = getattr(facts, "gcnArchName", None) if torch.version.cuda is None else None
        every.append(
            known(
                index=index,
                name=words(facts.name),
                capability=None if gfx else "%d.%d" % (facts.major, facts.minor),
                gfx=words(gfx),
                uuid=words(getattr(facts, "uuid", None)),
            )
        )
    built_for = torch.cuda.get_arch_list() if hasattr(torch.cuda, "get_arch_list") else []
    return {"devices": every, "builtFor": [words(one) for one in built_for]}


def jax_devices():
    jax = load("jax")
    backend = jax.default_backend()
    if backend == "cpu":
        return {"devices": []}
    every = jax.local_devices()
    return {
        "devices": [
            known(
                index=index,
                name=words(getattr(device, "device_kind", None)),
                capability=words(getattr(device, "compute_capability", None)),
            )
            for index, device in enumerate(every)
        ]
    }


def tensorflow_devices():
    tensorflow = load("tensorflow")
    every = []
    for index, device in enumerate(tensorflow.config.list_physical_devices("GPU")):
        details = tensorflow.config.experimental.get_device_details(device)
        capability = details.get("compute_capability")
        every.append(
            known(
                index=index,
                name=words(details.get("device_name")),
                capability="%d.%d" % tuple(capability) if capability else None,
            )
        )
    return {"devices": every, "cpuBuild": not tensorflow.test.is_built_with_gpu_support()}


def cupy_devices():
    cupy = load("cupy")
    every = []
    for index in range(cupy.cuda.runtime.getDeviceCount()):
        facts = cupy.cuda.runtime.getDeviceProperties(index)
        name = facts["name"]
        every.append(
            {
                "index": index,
                "name": words(name.decode("utf-8", "replace") if isinstance(name, bytes) else name),
                "capability": "%d.%d" % (facts["major"], facts["minor"]),
            }
        )
    return {"devices": every}


def numbers():
    """Numbers between 0 and 1 that need no package, the same each time."""
    state, rows = 1, []
    for _ in range(SIZE):
        row = []
        for _ in range(SIZE):
            state = (state * 1103515245 + 12345) % 2147483648
            row.append(state / 2147483648.0)
        rows.append(row)
    return rows


def compare(difference):
    # TF32 keeps three digits of numbers around 64; a wrong result is off by far more.
    if not difference < 0.5:
        raise WrongResult("the product differs from the CPU's by up to %s" % difference)
    return {"difference": difference}


def torch_matmul(device):
    torch = load("torch")
    there = torch.device("cpu" if device is None else "cuda:%d" % device)
    rows = torch.tensor(numbers())
    expected = (rows.double() @ rows.double()).float()
    try:
        torch.zeros(1 << 24, device=there).add_(1)
        product = rows.to(there) @ rows.to(there)
        return compare(float((product.cpu() - expected).abs().max()))
    except RuntimeError as error:
        if "out of memory" in str(error) and device is not None:
            error.facts = torch_memory(torch, device)
        raise


def torch_memory(torch, device):
    try:
        free, total = torch.cuda.mem_get_info(device)
        return {"freeBytes": free, "totalBytes": total}
    except Exception:
        return {}


def jax_matmul(device):
    jax = load("jax")
    import jax.numpy as jnp

    there = jax.devices("cpu")[0] if device is None else jax.local_devices()[device]
    rows = jnp.asarray(numbers())
    expected = jax.device_put(rows, jax.devices("cpu")[0])
    moved = jax.device_put(rows, there)
    product = jax.device_put(jnp.dot(moved, moved), jax.devices("cpu")[0])
    return compare(float(abs(product - jnp.dot(expected, expected)).max()))


def tensorflow_matmul(device):
    tensorflow = load("tensorflow")
    rows = numbers()
    with tensorflow.device("/CPU:0"):
        here = tensorflow.constant(rows)
        expected = tensorflow.matmul(here, here)
    with tensorflow.device("/CPU:0" if device is None else "/GPU:%d" % device):
        moved = tensorflow.constant(rows)
        product = tensorflow.matmul(moved, moved)
    with tensorflow.device("/CPU:0"):
        return compare(float(tensorflow.reduce_max(tensorflow.abs(product - expected))))


def cupy_matmul(device):
    cupy, numpy = load("cupy"), load("numpy")
    here = numpy.asarray(numbers(), dtype="float32")
    with cupy.cuda.Device(device):
        moved = cupy.asarray(here)
        return compare(float(abs(cupy.asnumpy(moved @ moved) - here @ here).max()))
