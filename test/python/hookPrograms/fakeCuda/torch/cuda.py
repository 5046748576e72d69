_queued_calls = []
_initialized = False


def use():
    global _initialized
    for call, origin in _queued_calls:
        call()
    _initialized = True


class Properties:
    total_memory = 8000


def get_device_properties(device):
    return Properties
