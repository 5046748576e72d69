# Runs the steps of a self-test, each in processes of its own, and says of each how it went. Python 3.6 and newer, nothing
# beside its library; an older one can read it and says so. The client puts STEPS, the text of frameworks.py and steps.py, in front. Records are RS, one JSON
# object, line feed; whatever else the environment prints is not ours. Descriptor 3 ends when the client does.
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

request = json.loads(os.environ.pop("TENSORLINE_SELF_TEST"))
LIMITS = {"look": 60, "import": 180, "devices": 90, "matmul": 90, "allReduce": 120, "compile": 240}
LIMITS.update(request.get("limits", {}))
# Seconds that the others of a group get once one of them has failed.
GRACE = 5
CLIENT = 3


class ClientGone(Exception):
    pass


def tell(record):
    data = ("\x1e" + json.dumps(record) + "\n").encode("ascii")
    while data:
        data = data[os.write(1, data) :]


if sys.version_info < (3, 6):
    tell({"kind": "skipped", "step": {"what": "python"}, "because": "oldPython"})
    tell({"kind": "end"})
    sys.exit(0)
folder = tempfile.mkdtemp(prefix="tensorline-selftest-")


def start_warden():
    """A process outside this one's group that kills what is left when this one ends, however it ends."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid > 0:
        os.close(reading)
        return pid, writing
    os.setsid()
    os.close(writing)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2, CLIENT):
        os.dup2(null, descriptor)
    groups = set()
    with os.fdopen(reading) as lines:
        for line in lines:
            (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        kill(group)
    kill_strays()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def kill(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass


def kill_strays():
    """What made itself a session of its own is known by its temporary folder."""
    mark = ("TMPDIR=" + folder).encode("utf-8")
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as file:
                if mark in file.read().split(b"\0"):
                    os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass


warden_pid, warden = start_warden()


def child_environment():
    env = dict(os.environ)
    # The host is left as it was found, and on a shared GPU no more memory is taken than the test needs.
    env.update(
        PYTHONDONTWRITEBYTECODE="1",
        PYTHONUNBUFFERED="1",
        TORCHINDUCTOR_CACHE_DIR=os.path.join(folder, "inductor"),
        TRITON_CACHE_DIR=os.path.join(folder, "triton"),
        CUDA_CACHE_PATH=os.path.join(folder, "cuda"),
        CUPY_CACHE_DIR=os.path.join(folder, "cupy"),
        TORCHINDUCTOR_COMPILE_THREADS="1",
        XLA_PYTHON_CLIENT_PREALLOCATE="false",
        TF_FORCE_GPU_ALLOW_GROWTH="true",
        TF_CPP_MIN_LOG_LEVEL="1",
        TMPDIR=folder,
        # Complaints of the system in English, and every other habit as the user has it.
        LANG=env.pop("LC_ALL", None) or env.get("LANG", "C.UTF-8"),
        LC_MESSAGES="C",
    )
    env.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    env.setdefault("NCCL_DEBUG", "WARN")
    return env


class Child(object):
    """One process of a step, in a session and process group of its own."""

    def __init__(self, wish):
        self.answer = b""
        self.said = b""
        self.result_pipe, result_end = os.pipe()
        self.output_pipe, output_end = os.pipe()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-"],
                stdin=subprocess.PIPE,
                stdout=output_end,
                stderr=output_end,
                pass_fds=[result_end],
                start_new_session=True,
                cwd=folder,
                env=child_environment(),
            )
        finally:
            os.close(result_end)
            os.close(output_end)
        for pipe in (self.result_pipe, self.output_pipe):
            os.set_blocking(pipe, False)
        self.pid = self.process.pid
        os.write(warden, b"+%d\n" % self.pid)
        wish = json.dumps(dict(wish, resultDescriptor=result_end))
        try:
            # Less than a pipe holds, so one that does not read stops nobody.
            self.process.stdin.write(("import json\nwish = json.loads(%r)\n%s" % (wish, STEPS)).encode("ascii"))
            self.process.stdin.close()
        except OSError:
            pass

    def read(self, pipe):
        """Takes some of what there is; false where there is nothing more."""
        try:
            chunk = os.read(pipe, 65536)
        except BlockingIOError:
            return False
        if pipe == self.result_pipe:
            self.answer = (self.answer + chunk)[:65536]
        else:
            self.said = (self.said + chunk)[-6000:]
        return bool(chunk)

    def failed(self):
        self.read(self.result_pipe)
        return not self.answer.startswith(b'{"facts"')

    def has_ended(self):
        # It stays a zombie, so that its number cannot become another's before its group is killed.
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self):
        """Kills what is left of it; what it said until now counts."""
        kill(self.pid)
        code = self.process.wait()
        os.write(warden, b"-%d\n" % self.pid)
        for pipe in (self.result_pipe, self.output_pipe):
            # One that got away may go on writing for ever.
            for _ in range(16):
                if not self.read(pipe):
                    break
            os.close(pipe)
        return code

    def result(self, code, timed_out):
        try:
            answer = json.loads(self.answer.decode("utf-8"))
        except ValueError:
            how = "timeout" if timed_out else "signal" if code < 0 else "exit"
            answer = {"error": {"how": how, "code": abs(code)}}
        said = self.said.decode("utf-8", "replace").strip()
        return dict(answer, said=said) if said else answer


def gather(children, limit):
    """Waits for all; gives their results. The first failure shortens the wait for the others."""
    deadline = time.monotonic() + limit
    waiting = list(children)
    open_pipes = {pipe: child for child in children for pipe in (child.result_pipe, child.output_pipe)}
    while waiting and time.monotonic() < deadline:
        for pipe in select.select(list(open_pipes) + [CLIENT], [], [], 0.05)[0]:
            if pipe == CLIENT:
                if not os.read(CLIENT, 4096):
                    raise ClientGone()
            elif not open_pipes[pipe].read(pipe):
                del open_pipes[pipe]
        for child in list(waiting):
            if child.has_ended():
                waiting.remove(child)
                if child.failed():
                    deadline = min(deadline, time.monotonic() + GRACE)
            elif child.answer.endswith(b"\n") and len(children) == 1:
                waiting = []
    return [child.result(child.end(), child in waiting) for child in children]


def step(what, wishes=None, **names):
    """Runs one step and tells how it went; gives its facts, or None where it failed."""
    limit = LIMITS[what]
    name = dict(names, what=what)
    tell({"kind": "started", "step": name, "limitSeconds": limit})
    started = time.monotonic()
    children = []
    try:
        for wish in wishes or [{}]:
            children.append(Child(dict(name, **wish)))
        results = gather(children, limit)
    except OSError as error:
        for child in children:
            child.end()
        results = [{"error": {"how": "start", "type": type(error).__name__, "text": str(error)}}]
    failures = [result for result in results if "error" in result]
    # Of several, the one that says most: the others only saw it fail.
    failures.sort(key=lambda result: result["error"]["how"] == "timeout")
    result = failures[0] if failures else results[0]
    tell(dict(result, kind="done", step=name, seconds=round(time.monotonic() - started, 3)))
    return None if failures else result.get("facts", {})


def skip(because, **name):
    tell({"kind": "skipped", "step": name, "because": because})


def try_framework(framework):
    if step("import", framework=framework) is None:
        return skip("import", what="devices", framework=framework)
    found = step("devices", framework=framework)
    devices = found["devices"] if found else []
    for device in devices:
        named = {"uuid": device["uuid"]} if "uuid" in device else {}
        step("matmul", framework=framework, device=device["index"], **named)
    if not devices and framework != "cupy":
        step("matmul", framework=framework)
    if framework != "torch":
        return
    ranks = request.get("cpuRanks", 0)
    if len(devices) > 1:
        all_reduce("nccl", [device["index"] for device in devices])
    elif ranks > 1:
        all_reduce("gloo", [None] * ranks)
    else:
        skip("fewGpus", what="allReduce", framework=framework)
    step("compile", framework=framework, **({"device": devices[0]["index"]} if devices else {}))


def all_reduce(backend, devices):
    store = os.path.join(folder, "meeting")
    wishes = [
        {"rank": rank, "ranks": len(devices), "store": store, "onDevice": device, "patience": LIMITS["allReduce"]}
        for rank, device in enumerate(devices)
    ]
    step("allReduce", wishes, framework="torch", backend=backend, count=len(devices))


def main():
    tell({"kind": "done", "step": {"what": "python"}, "facts": {"version": sys.version.split()[0], "prefix": sys.prefix}})
    wanted = request.get("frameworks", ["torch", "jax", "tensorflow", "cupy"])
    found = step("look", [{"frameworks": ["numpy"] + wanted}])
    if found is None:
        return
    if "numpy" in found["present"]:
        step("import", framework="numpy")
    for framework in wanted:
        if framework in found["present"]:
            try_framework(framework)


try:
    main()
    tell({"kind": "end"})
except ClientGone:
    pass
finally:
    os.close(warden)
    os.waitpid(warden_pid, 0)
