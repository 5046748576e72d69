# As much of PyTorch built for CUDA as the hook touches where memory runs out; no GPU is needed.


class OutOfMemoryError(RuntimeError):
    pass


class _C:
    observers = []

    @staticmethod
    def _cuda_attach_out_of_memory_observer(observer):
        _C.observers.append(observer)

    @staticmethod
    def _cuda_memoryStats(device):
        return {
            "allocated_bytes": {"all": {"current": 1000, "peak": 5000}},
            "reserved_bytes": {"all": {"current": 6000, "peak": 6000}},
        }


from . import cuda
