# One step of a self-test. Runs in a process of its own, which it may take down: an import may print, exit, hang or crash.
# The supervisor puts `wish` in front, and frameworks.py stands before it. The answer is one JSON line on a descriptor that
# nobody else knows.
answer_to = wish["resultDescriptor"]
# What is given as `-` has the current folder on its path, and that is nobody's package.
sys.path[:] = [entry for entry in sys.path if entry]


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
        facts.update(known(cuda=words(module.sysconfig.get_build_info().get("cuda_version"))))
    return facts


def is_there(name):
    from importlib.util import find_spec

    return find_spec(name) is not None


def texts(pattern):
    import glob

    for path in glob.glob(pattern):
        try:
            with open(path) as file:
                yield os.path.dirname(path), file.read().strip()
        except OSError:
            pass


def machine_gpus():
    """GPUs that are built in, whether or not there is a driver for them and whoever may use them."""
    classes = dict(texts("/sys/bus/pci/devices/*/class"))
    vendors = texts("/sys/bus/pci/devices/*/vendor")
    nvidia = sum(vendor == "0x10de" and classes.get(path, "").startswith("0x03") for path, vendor in vendors)
    # A Jetson's GPU, or Windows' own, is no PCI device.
    other = any(os.path.exists(path) for path in ("/dev/nvhost-gpu", "/dev/dxg"))
    amd = sum(gpu not in ("", "0") for _, gpu in texts("/sys/class/kfd/kfd/topology/nodes/*/gpu_id"))
    return (nvidia or int(other)) + amd


def devices():
    found = {"torch": torch_devices, "jax": jax_devices, "tensorflow": tensorflow_devices, "cupy": cupy_devices}
    facts = {"machineGpus": machine_gpus()}
    visible = [name for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES") if name in os.environ]
    if visible:
        facts["visible"] = "%s=%s" % (visible[0], os.environ[visible[0]][:200])
    try:
        facts.update(found[wish["framework"]]())
    except Exception as error:
        error.facts = facts
        raise
    return facts


def matmul():
    tried = {"torch": torch_matmul, "jax": jax_matmul, "tensorflow": tensorflow_matmul, "cupy": cupy_matmul}
    return tried[wish["framework"]](wish.get("device"))


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
