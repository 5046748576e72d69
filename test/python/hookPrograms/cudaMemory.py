# The allocator tells its observer, then unwinding gives memory back, then the hook sees the exception.
import sys

sys.path.insert(0, "fakeCuda")
import torch
import torch.cuda

assert torch._C.observers == []
torch.cuda.use()
for observer in torch._C.observers:
    observer(1, 2000, 4000, 300)
raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.95 KiB. GPU 1 has a total capacity of 7.81 KiB")
