# One way to fail for each word that it is given.
import os
import sys


def deep(n):
    return deep(n + 1)


def thread():
    import threading

    def work():
        values = [1]
        return values[3]

    one = threading.Thread(target=work)
    one.start()
    one.join()


def child(number):
    raise RuntimeError("child %d" % number)


def children():
    import multiprocessing

    for number, method in enumerate(("fork", "spawn", "forkserver")):
        one = multiprocessing.get_context(method).Process(target=child, args=(number,))
        one.start()
        one.join()
        sys.stdout.write("%d\n" % one.exitcode)
    sys.stdout.flush()


def caught():
    import traceback

    try:
        child(7)
    except RuntimeError:
        traceback.print_exc()
        sys.exit(3)


def chain():
    try:
        try:
            child(1)
        except RuntimeError as error:
            raise KeyError("second") from error
    except KeyError:
        raise ValueError("third")


def own_hook():
    # As rich and others do, without calling the one before.
    sys.excepthook = lambda kind, error, traceback: sys.stderr.write("own: %s\n" % error)
    child(8)


def wrapped_hook():
    # As torch.distributed does.
    before = sys.excepthook

    def hook(*args):
        sys.stderr.write("[rank0] ")
        before(*args)

    sys.excepthook = hook
    child(9)


def both_hooks():
    before = sys.excepthook

    def hook(*args):
        before(*args)
        sys.__excepthook__(*args)

    sys.excepthook = hook
    child(6)


def again():
    """An exception may lie where one lay that is gone."""
    import threading

    for number in range(3):
        one = threading.Thread(target=child, args=(5,))
        one.start()
        one.join()
        del one
    child(5)


def same_hooks():
    import threading

    sys.stdout.write("%s\n" % (sys.excepthook is sys.__excepthook__))
    if hasattr(threading, "__excepthook__"):
        sys.stdout.write("%s\n" % (threading.excepthook is threading.__excepthook__))
    sys.stdout.flush()
    child(2)


def memory():
    raise MemoryError()


def interrupted():
    raise KeyboardInterrupt()


def leave():
    sys.exit("a word")


def executed():
    exec(compile("x = [1]\nx[2]", "<made>", "exec"), {})


def edited():
    os.chdir(os.environ["TMPDIR"])
    with open("edited.py", "w") as file:
        file.write("def fail(x):\n    return x[5]\n")
    scope = {}
    exec(compile(open("edited.py").read(), "edited.py", "exec"), scope)
    with open("edited.py", "w") as file:
        file.write("def fail(x):\n    # Something else stands here now.\n    return None\n")
    scope["fail"]([1])


def broken_import():
    # A module that the hook waits for.
    sys.path.insert(0, "brokenImport")
    import torch._utils


def deep_down():
    deep(0)


def main(words):
    """Each in a process of its own, one after the other: the copy goes on, and ends, as a program of its own."""
    for word in words:
        sys.stdout.write(word + "\n")
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            return globals()[word]()
        sys.stdout.write("%d\n" % os.waitpid(pid, 0)[1])
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
