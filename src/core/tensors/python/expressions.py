"""Finds the part of a line that was being computed."""

import ast
import opcode

from _tensorline import source

_longest = 400
_operators = {
    "Add": "ADD",
    "Sub": "SUBTRACT",
    "Mult": "MULTIPLY",
    "MatMult": "MATRIX_MULTIPLY",
    "Div": "TRUE_DIVIDE",
    "FloorDiv": "FLOOR_DIVIDE",
    "Mod": "MODULO",
    "Pow": "POWER",
    "BitAnd": "AND",
    "BitOr": "OR",
    "BitXor": "XOR",
}


def exact(code, lasti, lines):
    """(place, node, text) by the positions that Python 3.11 and later keep; a place is (line, end line, column, end column)
    in bytes. None where it keeps none."""
    if not hasattr(code, "co_positions") or lasti < 0:
        return None
    from itertools import islice

    first, last, start, end = next(islice(code.co_positions(), lasti // 2, None), (None,) * 4)
    if None in (first, last, start, end):
        return None
    place = (first, last, start, end)
    text = source.segment(lines, place)
    if text is None:
        return None
    operation = opcode.opname[code.co_code[lasti]]
    if operation in ("STORE_SUBSCR", "STORE_ATTR", "UNPACK_SEQUENCE", "STORE_SLICE"):
        whole = _around(lines, first)
        if whole is not None and not isinstance(whole[0], ast.Module):
            statement, from_line, indent = whole
            last = from_line + getattr(statement, "end_lineno", 1) - 1
            place = (from_line, last, statement.col_offset + indent, getattr(statement, "end_col_offset", 0) + indent)
            text = source.segment(lines, place) or text
    node = parse(text)
    if isinstance(node, (ast.For, ast.AsyncFor)):
        # The whole loop is marked; what fails is asking for the next.
        node = node.iter
        shift = [start if line == 1 else 0 for line in (node.lineno, node.end_lineno)]
        place = (first + node.lineno - 1, first + node.end_lineno - 1, node.col_offset + shift[0], node.end_col_offset + shift[1])
        text = source.segment(lines, place) or text
    return place, node, text[:_longest]


def parse(text):
    """The expression or the statement that a text is; None for neither."""
    for one, mode in (("(" + text + "\n)", "eval"), (text.strip(), "exec")):
        try:
            tree = ast.parse(one, mode=mode)
        except Exception:
            continue
        return tree.body if mode == "eval" else tree.body[0] if tree.body else None
    return None


def _around(lines, number, most=20):
    """(statement, its line, its indentation) of the statement that begins on a line."""
    if not 0 < number <= len(lines):
        return None
    first = lines[number - 1]
    indent = len(first) - len(first.lstrip())
    text = first[indent:]
    for further in range(most):
        try:
            body = ast.parse(text, mode="exec").body
        except SyntaxError:
            if number + further >= len(lines):
                return None
            text += b"\n" + lines[number + further]
            continue
        except Exception:
            return None
        # Some lines hold several.
        return (body[0] if len(body) == 1 else ast.Module(body=body), number, indent) if body else None
    return None


def likely(code, lasti, line, lines, callee):
    """As `exact` for a Python that keeps lines only: the operation of that kind which is the failing one by its number in the
    line. `callee` is the name of the function that was called, None where a part of C failed."""
    found = _around(lines, _first_line(lines, line))
    if found is None:
        return None
    statement, from_line, indent = found
    operation = opcode.opname[code.co_code[lasti]] if 0 <= lasti < len(code.co_code) else ""
    nodes = _of_kind(statement, operation)
    if not nodes:
        node = statement
    elif len(nodes) == 1:
        node = nodes[0]
    else:
        node = _numbered(code, lasti, operation, from_line, nodes, callee)
    last = max(getattr(one, "lineno", 1) for one in ast.walk(statement)) + from_line - 1
    if isinstance(node, ast.Module):
        return None
    if not hasattr(node, "end_lineno"):
        text = source.segment(lines, (from_line, last, indent, None))
        return (from_line, None, None, None), node, text.strip()[:_longest] if text else None
    shift = indent if node.lineno == 1 else 0
    end_shift = indent if node.end_lineno == 1 else 0
    place = (
        from_line + node.lineno - 1,
        from_line + node.end_lineno - 1,
        node.col_offset + shift,
        node.end_col_offset + end_shift,
    )
    return place, node, (source.segment(lines, place) or "")[:_longest]


def _first_line(lines, line):
    """Where the statement begins that a line is of: Python tells the line of one of its parts."""
    for back in range(0, 12):
        number = line - back
        if number < 1:
            break
        found = _around(lines, number)
        if found is None:
            continue
        statement, start, _indent = found
        if back > 0 and isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            break
        last = max(getattr(one, "end_lineno", getattr(one, "lineno", 1)) or 1 for one in ast.walk(statement)) + start - 1
        if last >= line or back == 0:
            if back == 0 and last == line and _opens(lines, line):
                continue
            return number
    return line


def _opens(lines, line):
    """Whether a line that could stand alone is really the rest of one before: brackets are open there."""
    before = lines[line - 2].rstrip() if line > 1 else b""
    return before.endswith((b"(", b"[", b"{", b",", b"\\", b"@", b"+", b"-", b"*", b"/", b"="))


def _of_kind(statement, operation):
    """The nodes whose work an instruction may be, in the order in which they are computed."""
    found = []

    class Visit(ast.NodeVisitor):
        def generic_visit(self, node):
            super().generic_visit(node)
            if _is_kind(node, operation):
                found.append(node)

    Visit().visit(statement)
    return found


def _is_kind(node, operation):
    if operation.startswith("CALL"):
        return isinstance(node, ast.Call)
    if operation.startswith("COMPARE") or operation in ("IS_OP", "CONTAINS_OP"):
        return isinstance(node, ast.Compare)
    if operation == "BINARY_SUBSCR":
        return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
    if operation == "STORE_SUBSCR":
        return isinstance(node, ast.Assign)
    if operation.startswith("BINARY_"):
        return isinstance(node, ast.BinOp) and _operators.get(type(node.op).__name__) == operation[7:]
    if operation.startswith("INPLACE_"):
        return isinstance(node, ast.AugAssign) and _operators.get(type(node.op).__name__) == operation[8:]
    return False


def _numbered(code, lasti, operation, from_line, nodes, callee):
    """The node with the number among its kind that the instruction has among its own in the statement."""
    import dis

    last = max(getattr(one, "end_lineno", 0) or one.lineno for one in nodes) + from_line - 1
    offsets, line = [], None
    for instruction in dis.get_instructions(code):
        if instruction.starts_line is not None:
            line = instruction.starts_line
        if instruction.opname[:5] == operation[:5] == "CALL_" or instruction.opname == operation:
            if line is not None and from_line <= line <= last:
                offsets.append(instruction.offset)
    if len(offsets) == len(nodes) and lasti in offsets:
        return nodes[offsets.index(lasti)]
    named = [node for node in nodes if isinstance(node, ast.Call) and called(node) == callee]
    return named[-1] if named else nodes[0]


def called(call):
    """The last name of what is called: `forward` of `self.net.forward(x)`."""
    function = call.func
    return getattr(function, "attr", None) or getattr(function, "id", None)
