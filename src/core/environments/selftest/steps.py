# One step of a self-test. Runs in a process of its own, which it may take down: an import may print, exit, hang or crash.
# The supervisor puts `wish` in front. The answer is one JSON line on a descriptor that nobody else knows.
import os
import sys

answer_to = wish["resultDescriptor"]
# What is given as `-` has the current folder on its path, and that is nobody's package.
sys.path[:] = [entry for entry in sys.path if entry]
SIZE = 256


class WrongResult(Exception):
    pass


def words(value):
    return None if value is None else str(value)[:300]


def known(**facts):
    return {name: value for name, value in facts.items() if value is not None}


def load(framework):
    return __import__(framework)


def look():
    from importlib.util import find_spec

    return {"present": [name for name in wish["frameworks"] if find_spec(name) is not None]}


def import_framework():
    framework = wish["framework"]
    module = load(framework)
    facts = known(version=words(getattr(module, "__version__", None)))
    if framework == "torch":
        facts.update(known(cuda=words(module.version.cuda), hip=words(getattr(module.version, "hip", None))))
        # It imports all the same where it was compiled for another NumPy; only the bridge between them is broken.
        if is_there("numpy"):
            module.ones(1).numpy()
    if framework == "tensorflow":
        build = getattr(module.sysconfig, "get_build_info", dict)()
        facts.update(known(cuda=words(build.get("cuda_version"))))
    return facts


def is_there(name):
    from importlib.util import find_spec

    return find_spec(name) is not None


def machine_gpus():
    """GPUs that the kernel has, whoever may use them."""
    import glob

    nvidia = glob.glob("/dev/nvidia[0-9]*")
    amd = []
    for path in glob.glob("/sys/class/kfd/kfd/topology/nodes/*/gpu_id"):
        try:
            with open(path) as file:
                amd += [path] if file.read().strip() not in ("", "0") else []
        except OSError:
            pass
    return len(nvidia) + len(amd)


def devices():
    found = {"torch": torch_devices, "jax": jax_devices, "tensorflow": tensorflow_devices, "cupy": cupy_devices}
    facts = {"machineGpus": machine_gpus()}
    visible = [name for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES") if name in os.environ]
    if visible:
        facts["visible"] = "%s=%s" % (visible[0], os.environ[visible[0]][:200])
    facts.update(found[wish["framework"]]())
    return facts


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


def matmul():
    tried = {"torch": torch_matmul, "jax": jax_matmul, "tensorflow": tensorflow_matmul, "cupy": cupy_matmul}
    return tried[wish["framework"]](wish.get("device"))


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


def all_reduce():
    torch = load("torch")
    import datetime
    import torch.distributed as distributed

    device, rank, ranks = wish["onDevice"], wish["rank"], wish["ranks"]
    if wish["backend"] == "gloo":
        # All of them are on this machine, whose name need not lead to an address.
        os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    else:
        torch.cuda.set_device(device)
    patience = datetime.timedelta(seconds=max(1, wish["patience"] - 10))
    distributed.init_process_group(
        wish["backend"], init_method="file://" + wish["store"], rank=rank, world_size=ranks, timeout=patience
    )
    values = torch.full((1 << 18,), float(rank + 1), device="cpu" if device is None else "cuda:%d" % device)
    distributed.all_reduce(values)
    expected = ranks * (ranks + 1) / 2.0
    if not bool((values == expected).all()):
        raise WrongResult("the sum over %d is %s instead of %s" % (ranks, float(values[0]), expected))
    # Nobody goes while another still needs it.
    distributed.barrier()
    return {"ranks": ranks}


def compile_function():
    torch = load("torch")
    if not hasattr(torch, "compile"):
        return {"absent": True}
    device = wish.get("device")
    there = "cpu" if device is None else "cuda:%d" % device

    def function(x):
        return (torch.sin(x) + x * 2).relu().sum(dim=1)

    rows = torch.linspace(-1, 1, 1024).reshape(32, 32).to(there)
    return compare(float((torch.compile(function)(rows) - function(rows)).abs().max()))


def run():
    steps = {
        "look": look,
        "import": import_framework,
        "devices": devices,
        "matmul": matmul,
        "allReduce": all_reduce,
        "compile": compile_function,
    }
    try:
        return {"facts": steps[wish["what"]]()}
    except BaseException as error:
        try:
            text = str(error)
        except Exception:
            text = ""
        failure = {"how": "exception", "type": type(error).__name__, "text": text[-4000:]}
        return {"error": failure, "facts": getattr(error, "facts", {})}


answer = run()
os.write(answer_to, (json.dumps(answer) + "\n").encode("ascii"))
# Without the clean-up of libraries, which crashes and hangs more often than the work.
os._exit(0)
