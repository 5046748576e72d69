"""What to look at on each line of a file: the names that a statement assigns and those that it uses, found once by its syntax."""

import ast

from _tensorline import looking, operands, source
from _tensorline.traceValues import Value

_no = operands._no
_most_bytes = 2 << 20
_most_names = 8
_most_steps = 4
_most_statements = 4000

_files = {}
_all = []


class Named:
    """A name, with the attributes and constant items that follow it."""

    __slots__ = ("base", "steps", "value")

    def __init__(self, role, text, base, steps):
        self.base, self.steps, self.value = base, steps, Value(role, text)

    def look(self, names, globals):
        held = names.get(self.base, _no)
        if held is _no:
            held = globals.get(self.base, _no)
            if held is _no:
                return
        for is_item, key in self.steps:
            found = _item(held, key) if is_item else operands._attribute((held, ()), key)
            if found is _no or found[1]:
                self.value.misses += 1
                return
            held = found[0]
        self.value.add(held)


def _item(held, key):
    if looking.dict_like(held):
        found = dict.get(held, key, _no)
        return found if found is _no else (found, ())
    if type(held) in (list, tuple) and type(key) is int and -len(held) <= key < len(held):
        return held[key], ()
    return _no


class Statement:
    """One statement, or the head of one that holds others."""

    __slots__ = ("file", "line", "end", "function", "before", "after", "returned", "is_long")

    def __init__(self, file, line, end):
        self.file, self.line, self.end, self.function = file, line, end, ""
        self.before, self.after, self.returned, self.is_long = [], [], None, end > line

    def look(self, which, names, globals):
        idle = False
        for named in which:
            named.look(names, globals)
            idle = idle or named.value.misses >= 4
        if idle:
            which[:] = [named for named in which if not named.value.is_idle()]

    def is_idle(self):
        return not self.before and not self.after and self.returned is None

    def told(self):
        values = [one for named in self.after + self.before for one in named.value.told()]
        if self.returned is not None:
            values += self.returned.told()
        if not values:
            return None
        told = {"file": self.file[:1000], "line": self.line, "function": self.function[:200], "values": values}
        if self.end > self.line:
            told["endLine"] = self.end
        return told


class Plan:
    """The statements of a file by their lines, and the functions by the line where their code begins."""

    def __init__(self):
        self.by_line = {}
        self.functions = {}


def of_code(code, started):
    """The plan of the file that a code object is of; None where its text is not there, or is another by now."""
    name = code.co_filename
    if name not in _files:
        _files[name] = _read(name, code, started)
    return _files[name]


def everything():
    return list(_all)


def forget():
    for statement in _all:
        for named in statement.before + statement.after:
            named.value.forget()
        if statement.returned is not None:
            statement.returned.forget()


def _read(name, code, started):
    try:
        text = b"\n".join(source.lines_of(code, started))
        if not text or len(text) > _most_bytes:
            return None
        plan = Plan()
        _body(ast.parse(text).body, plan, name)
        return plan
    except Exception:
        return None


def _body(body, plan, file):
    for node in body:
        if len(_all) >= _most_statements:
            return
        inner = [getattr(node, part, None) or [] for part in ("body", "orelse", "finalbody")]
        inner += [handler.body for handler in getattr(node, "handlers", [])]
        inner += [case.body for case in getattr(node, "cases", [])]
        first = min([_first(one[0]) for one in inner if one] or [0])
        end = max(node.lineno, first - 1) if first else _last(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            _function(node, plan, file)
        elif not isinstance(node, (ast.ClassDef, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass)):
            _statement(node, plan, file, end)
        for one in inner:
            _body(one, plan, file)


def _first(node):
    return min([node.lineno] + [one.lineno for one in getattr(node, "decorator_list", [])])


def _last(node):
    known = getattr(node, "end_lineno", None)
    return known or max(getattr(one, "lineno", 1) for one in ast.walk(node))


def _function(node, plan, file):
    arguments = node.args
    names = [one.arg for one in getattr(arguments, "posonlyargs", []) + arguments.args + arguments.kwonlyargs]
    names += [one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None]
    statement = Statement(file, node.lineno, node.lineno)
    statement.before = [Named("given", name, name, ()) for name in names if name not in ("self", "cls")][:_most_names]
    if statement.before:
        _all.append(statement)
        plan.functions[_first(node), node.name] = statement


def _statement(node, plan, file, end):
    statement = plan.by_line.get(node.lineno)
    if statement is None:
        statement = Statement(file, node.lineno, end)
        _all.append(statement)
    used, assigned = [], []
    for part in _heads(node):
        _names(part, used, assigned)
    if isinstance(node, ast.AugAssign):
        used.insert(0, node.target)
    _fill(statement.before, "used", used)
    _fill(statement.after, "assigned", assigned)
    if isinstance(node, ast.Return) and node.value is not None:
        statement.returned = Value("returned", "return")
    for line in range(node.lineno, end + 1):
        plan.by_line.setdefault(line, statement)


def _heads(node):
    """What a statement computes itself, without the statements in it."""
    if isinstance(node, (ast.If, ast.While)):
        return [node.test]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [node.target, node.iter]
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return node.items
    if type(node).__name__ == "Match":
        return [node.subject]
    return [] if hasattr(node, "body") else [node]


def _names(node, used, assigned):
    if isinstance(node, (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    context = getattr(node, "ctx", None)
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and _path(node) is not None:
        if isinstance(context, ast.Store):
            assigned.append(node)
        elif isinstance(context, ast.Load):
            used.append(node)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
        # What is called is no tensor; what a method belongs to may be one.
        if isinstance(node.func, ast.Attribute):
            _names(node.func.value, used, assigned)
        for child in node.args + [keyword.value for keyword in node.keywords]:
            _names(child, used, assigned)
        return
    for child in ast.iter_child_nodes(node):
        _names(child, used, assigned)


def _fill(held, role, nodes):
    known = {named.value.name for named in held}
    for node in nodes:
        text = operands.text_of(node)
        if text in known or len(held) >= _most_names:
            continue
        known.add(text)
        base, steps = _path(node)
        held.append(Named(role, text, base, steps))


def _path(node):
    """(name, steps) of a name that is looked up without computing anything; None for all else."""
    steps = []
    while not isinstance(node, ast.Name):
        if len(steps) >= _most_steps:
            return None
        if isinstance(node, ast.Attribute):
            steps.insert(0, (False, node.attr))
        elif isinstance(node, ast.Subscript):
            indices = operands._indices(node)
            key = operands._key(indices[0], None) if len(indices) == 1 and not isinstance(indices[0], ast.Name) else None
            if type(key) not in (int, str):
                return None
            steps.insert(0, (True, key))
        else:
            return None
        node = node.value
    return node.id, tuple(steps)
