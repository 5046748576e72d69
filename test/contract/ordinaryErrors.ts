/** Ordinary failures of Python programs, some of which use PyTorch or NumPy, none of which is about tensors. */

const files = [
  "/srv/api/app.py",
  "train.py",
  "C:\\work\\report.py",
  "/home/u/etl/load data.py",
  "/opt/tool/cli/__main__.py",
];

/** Lines of code, with what a framework's own code looks like among them. */
const lines = [
  "main()",
  'config["model"]["shape"]',
  'state = torch.load("last.pt")',
  "import torch",
  "frame = np.load(path)",
  "shape = image.shape",
  "return self.forward(batch)",
  "a, b, c = row",
  "for step, batch in enumerate(loader):",
  "optimizer.step()",
  "x = jnp.array(values)",
  "model = keras.models.load_model(path)",
  "dims = tf.shape(x)",
  "assert size == expected, message",
];

/** `class: message`, each with a number or name that changes. */
const errors: readonly ((n: number, word: string) => string)[] = [
  (_, word) => `KeyError: '${word}'`,
  (n) => `KeyError: ${n}`,
  () => "KeyError: 'shape'",
  (_, word) => `AttributeError: 'NoneType' object has no attribute '${word}'`,
  () => "AttributeError: 'NoneType' object has no attribute 'shape'",
  () => "AttributeError: 'list' object has no attribute 'shape'",
  (_, word) => `AttributeError: module 'torch' has no attribute '${word}'`,
  (_, word) => `AttributeError: 'Tensor' object has no attribute '${word}'`,
  () => "ModuleNotFoundError: No module named 'torch'",
  (_, word) => `ModuleNotFoundError: No module named '${word}'`,
  (_, word) =>
    `ImportError: cannot import name '${word}' from 'numpy' (/venv/lib/python3.11/site-packages/numpy/__init__.py)`,
  () => "ImportError: libcudart.so.12: cannot open shared object file: No such file or directory",
  () => "RuntimeError: Found no NVIDIA driver on your system. Install a driver for your GPU first.",
  (n) => `RuntimeError: The NVIDIA driver on your system is too old (found version ${n}).`,
  () => "OSError: CUDA driver not found",
  (n) => `json.decoder.JSONDecodeError: Expecting value: line ${n} column 1 (char ${n})`,
  (n) =>
    `requests.exceptions.HTTPError: ${400 + (n % 100)} Client Error: Not Found for url: http://localhost/items/${n}`,
  (n) => `requests.exceptions.ConnectionError: HTTPConnectionPool(host='db', port=${n}): Max retries exceeded`,
  () => "ConnectionResetError: [Errno 104] Connection reset by peer",
  () => "ConnectionRefusedError: [Errno 111] Connection refused",
  (_, word) => `sqlite3.OperationalError: no such table: ${word}`,
  (_, word) => `sqlalchemy.exc.IntegrityError: (sqlite3.IntegrityError) UNIQUE constraint failed: users.${word}`,
  (_, word) => `psycopg2.errors.UndefinedColumn: column "${word}" does not exist`,
  (_, word) => `FileNotFoundError: [Errno 2] No such file or directory: '${word}.pt'`,
  (_, word) => `PermissionError: [Errno 13] Permission denied: '/data/${word}'`,
  () => "OSError: [Errno 28] No space left on device",
  () => "AssertionError",
  (n) => `AssertionError: expected ${n} rows, got ${n + 1}`,
  (_, word) => `AssertionError: size mismatch between ${word} files`,
  () => "IndexError: list index out of range",
  () => "IndexError: tuple index out of range",
  () => "IndexError: pop from empty list",
  (n) => `ValueError: not enough values to unpack (expected ${n + 1}, got ${n})`,
  (n) => `ValueError: too many values to unpack (expected ${n})`,
  (_, word) => `ValueError: invalid literal for int() with base 10: '${word}'`,
  (_, word) => `ValueError: could not convert string to float: '${word}'`,
  (n, word) => `ValueError: unknown size [${n}, 3] for ${word}`,
  (n) => `ValueError: window ${n}x${n + 4} does not fit the screen`,
  (n) => `ValueError: Length of values (${n}) does not match length of index (${n + 1})`,
  (n) => `ValueError: rate must be in the range [0, ${n})`,
  (n) => `IndexError: page ${n} is out of range [0, 3)`,
  (_, word) => `TypeError: unsupported operand type(s) for +: 'int' and 'str' in ${word}`,
  (n) => `TypeError: main() takes ${n} positional arguments but ${n + 1} were given`,
  (_, word) => `TypeError: forward() missing 1 required positional argument: '${word}'`,
  () => "TypeError: 'NoneType' object is not iterable",
  () => "TypeError: 'tuple' object does not support item assignment",
  () => "TypeError: cannot unpack non-iterable int object",
  () => "ZeroDivisionError: division by zero",
  () => "RecursionError: maximum recursion depth exceeded while calling a Python object",
  () => "KeyboardInterrupt",
  () => "MemoryError",
  (n) => `UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position ${n}: invalid start byte`,
  (n, word) => `subprocess.CalledProcessError: Command '['${word}']' returned non-zero exit status ${n}.`,
  (n, word) => `subprocess.TimeoutExpired: Command '['${word}']' timed out after ${n} seconds`,
  () => "RuntimeError: Event loop is closed",
  () => "RuntimeError: dictionary changed size during iteration",
  (n) => `RuntimeError: DataLoader worker (pid ${n}) is killed by signal: Killed.`,
  (n) => `RuntimeError: Timed out after ${n} seconds waiting for clients`,
  () => "EOFError: Ran out of input",
  () => "pickle.UnpicklingError: invalid load key, '<'.",
  (n) => `yaml.scanner.ScannerError: mapping values are not allowed here\n  in "config.yaml", line ${n}, column 10`,
  (_, word) => `omegaconf.errors.ConfigAttributeError: Key '${word}' is not in struct`,
  (_, word) => `PIL.UnidentifiedImageError: cannot identify image file '${word}.png'`,
  (_, word) => `OSError: ${word} is not a local folder and is not a valid model identifier`,
  (_, word) =>
    `botocore.exceptions.ClientError: An error occurred (404) when calling HeadObject for ${word}: Not Found`,
  (n) => `redis.exceptions.ConnectionError: Error 111 connecting to localhost:${n}. Connection refused.`,
  (_, word) => `django.core.exceptions.ImproperlyConfigured: The ${word} setting must not be empty.`,
  (_, word) => `argparse.ArgumentTypeError: ${word} is not a size like 3x4`,
  (_, word) => `NameError: name '${word}' is not defined`,
  (_, word) => `SyntaxError: invalid syntax in ${word}`,
  (_, word) => `DeprecationWarning: ${word} is deprecated and will be removed`,
  (n) => `pandas.errors.ParserError: Error tokenizing data. C error: Expected ${n} fields in line 3, saw ${n + 2}`,
];

const names = ["model", "width", "rows", "batch", "dimension", "tensor_name", "device"];

/** As many different tracebacks as asked for, always the same ones. */
export function ordinaryTracebacks(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const error = errors[at % errors.length] ?? (() => "KeyError: 1");
    const round = Math.floor(at / errors.length);
    const file = files[(at + round) % files.length];
    const line = lines[(at * 3 + round * 5) % lines.length];
    const text = error(3 + round * 7, names[(at + round) % names.length] ?? "x");
    const frames = `  File "${file}", line ${at + 1}, in run\n    ${line}\n`;
    const caller = round % 2 === 0 ? "" : `  File "${file}", line 900, in <module>\n    run()\n`;
    return round === 6 ? text : `Traceback (most recent call last):\n${caller}${frames}${text}\n`;
  });
}
