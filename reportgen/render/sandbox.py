"""Templates of a user's own run here: they reach no Python, change no evidence, and come to an end.

Jinja's sandbox keeps templates from attributes that lead into Python. Beyond it, a record shows its fields alone
(pydantic's own methods read files and unpickle), what is written to report.json cannot be changed, and loops, texts and
time are bounded.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from types import BuiltinFunctionType, FunctionType, MappingProxyType, MethodType
from typing import Any

from jinja2 import TemplateRuntimeError, nodes
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer
from pydantic import BaseModel

TURNS = 5_000_000
"""Turns of loops and calls that one page may take; a report of ten columns takes some 15,000."""

SECONDS = 120.0
"""Processor time that one page may take."""

LONGEST = 64_000_000
"""Length of one text in characters."""

LETTERS = 256_000_000
"""Length of all that loops, calls and filters make, in characters; a page of 1.6 million takes 10 million."""

ITEMS = 2_000_000
"""Length of one list."""

BITS = 10_000
"""Length of a whole number."""

WIDEST = 10_000
"""Most blanks and places that a filter may be asked to fill in."""

LOOK = 512  # turns between two looks at the clock
TURN, HELD, TEXT = "one more turn", "not too long", "as text"  # names that no template can write
TAKEN_OUT = ("attr", "random")
"""Filters that are not here: one reaches for attributes by name, the other gives other bytes each time."""

PADDING = frozenset({"batch", "center", "indent", "round", "slice", "tojson", "truncate", "wordwrap"})
GROWING = frozenset(
    {"center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "replace", "join", "translate"}
)
GROWN = frozenset({"join", "replace"})
TIME_OF_DAY = frozenset({"today", "now", "utcnow", "fromtimestamp"})
WIDE = re.compile(r"%[^%a-zA-Z]*(?:\d{5}|\*)")
CALLABLE = (FunctionType, MethodType, BuiltinFunctionType, partial, type)


class LimitError(TemplateRuntimeError):
    """A template that would take too long, or too much memory."""


class Budget:
    """What the template that is being filled in has taken so far."""

    def __init__(self) -> None:
        self._depth = 0
        self.turns = 0
        self.letters = 0
        self._ends = 0.0

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Count anew from here, unless a template that is being filled in asked for this one."""
        if not self._depth:
            self.turns, self.letters, self._ends = 0, 0, time.thread_time() + SECONDS
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def turn(self, letters: int = 0) -> None:
        """Count a turn of a loop, or a call. Raises LimitError beyond the bounds."""
        self.turns += 1
        self.letters += letters
        if self.turns > TURNS:
            raise LimitError(f"it takes more than {TURNS:,} turns of its loops")
        if self.letters > LETTERS:
            raise LimitError(f"it makes more than {LETTERS:,} characters")
        if not self.turns % LOOK and self._depth and time.thread_time() > self._ends:
            raise LimitError(f"it takes more than {SECONDS:.0f} seconds")


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, with records that show their fields alone and with bounds."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Jinja's own
        super().__init__(finalize=self._put_out, **options)
        self.budget = Budget()
        self.globals.pop("lipsum", None)  # other words each time
        self.globals["dict"] = _dictionary

    def bound(self) -> None:
        """Bound the filters, once all of them are there."""
        for name in TAKEN_OUT:
            self.filters.pop(name, None)
        self.filters = {name: self._bounded(name, write) for name, write in self.filters.items()}
        self.filters |= {TURN: self._turns, HELD: held, TEXT: as_text}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 - whatever templates hold
        """Whether a template may see it: of a record its fields and what we wrote for it, of a function nothing."""
        if not super().is_safe_attribute(obj, attr, value) or isinstance(obj, CALLABLE) or attr in TIME_OF_DAY:
            return False
        if isinstance(obj, BaseModel):
            return attr in type(obj).model_fields or _is_ours(type(obj), attr)
        return not (isinstance(obj, str) and attr in GROWING)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:  # noqa: ANN401 - whatever templates hold
        """What stands for an attribute out of reach: any use of it says so."""
        kind = type(obj).__name__
        found: Undefined = self.undefined(
            f"templates may not reach {attribute!r} of a {kind}", name=attribute, obj=obj, exc=LimitError
        )
        return found

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - whatever templates hold
        """An attribute; a record's dict can be read and not written to."""
        if isinstance(obj, str) and attribute in GROWING:
            return self.unsafe_undefined(obj, attribute)
        return _readable(obj, super().getattr(obj, attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - whatever templates hold
        """An item; a record's dict can be read and not written to."""
        if isinstance(obj, str) and argument in GROWING:
            return self.unsafe_undefined(obj, argument)
        return _readable(obj, super().getitem(obj, argument))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, N805
        """Call what a template calls, and count it."""
        __self.budget.turn()
        return __self._counted(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - operands
        """An operation whose result can be far larger than what it is made of."""
        if operator == "*" and _length(left) * _number(right) + _length(right) * _number(left) > ITEMS:
            raise LimitError(f"it repeats to more than {ITEMS:,} characters or items")
        if operator == "**" and _bits(left) * abs(right if isinstance(right, int) else 1) > BITS:
            raise LimitError("it raises a number to a power that is too large")
        if operator == "%" and isinstance(left, str):
            _refuse_wide(left)
        return held(super().call_binop(context, operator, left, right))

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        return super()._generate(_Counting().visit(source), name, filename, defer_init)

    def _turns(self, items: Iterable[Any], letters: int) -> Iterator[Any]:
        for item in items:
            self.budget.turn(letters)
            yield item

    def _counted(self, value: Any) -> Any:  # noqa: ANN401 - whatever templates hold
        """The value, its letters counted: a list of long texts takes memory that no single text does."""
        self.budget.letters += _length(value) if isinstance(value, str) else 0
        return held(value)

    def _put_out(self, value: Any) -> Any:  # noqa: ANN401 - whatever templates hold
        self.budget.letters += _length(as_text(value))
        return value

    def _bounded(self, name: str, write: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(write)
        def bounded(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - as the filter
            self.budget.turn()
            if name in PADDING and any(_number(value) > WIDEST for value in (*args[1:], *options.values())):
                raise LimitError(f"the filter {name} is asked for more than {WIDEST:,} places")
            if name == "format":
                _refuse_wide(str(args[0]))
            if name in GROWN and _grown(name, args) > LONGEST:
                raise LimitError(f"the filter {name} may make more than {LONGEST:,} characters")
            return self._counted(write(*args, **options))

        return bounded


class _Counting(NodeTransformer):
    """Puts a count into every loop, and a look at the length of what is joined or set."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja's own
        size = sum(len(data.data) for data in node.find_all(nodes.TemplateData))
        self.generic_visit(node)
        node.iter = _filtered(node.iter, TURN, nodes.Const(size, lineno=node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja's own
        self.generic_visit(node)
        node.nodes = [_filtered(part, TEXT) for part in node.nodes]
        return _filtered(node, HELD)

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:  # noqa: N802 - Jinja's own
        self.generic_visit(node)
        inner = node.filter
        node.filter = nodes.Filter(inner, HELD, [], [], None, None, lineno=node.lineno)
        return node


def _filtered(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)


def held(value: Any) -> Any:  # noqa: ANN401 - whatever templates hold
    """The value, where it is not too long. Raises LimitError."""
    if isinstance(value, (str, bytes)) and len(value) > LONGEST:
        raise LimitError(f"it makes a text of more than {LONGEST:,} characters")
    if isinstance(value, (list, tuple, dict, set)) and len(value) > ITEMS:
        raise LimitError(f"it makes a list of more than {ITEMS:,} items")
    if _bits(value) > BITS:
        raise LimitError("it makes a number that is too large")
    return value


def as_text(value: Any) -> Any:  # noqa: ANN401 - whatever templates hold
    """The value, where it can stand in a text: a list would stand there as Python writes it. Raises LimitError."""
    if isinstance(value, (list, tuple, dict, set, bytes, BaseModel, MappingProxyType, *CALLABLE)):
        raise LimitError(f"it puts a {type(value).__name__} out as text; name one of its parts, or join them")
    return value


def _readable(obj: Any, value: Any) -> Any:  # noqa: ANN401 - whatever templates hold
    return MappingProxyType(value) if isinstance(obj, BaseModel) and isinstance(value, dict) else value


def _is_ours(kind: type, name: str) -> bool:
    homes = (home for home in kind.__mro__ if home.__module__.startswith("reportgen."))
    found = next((vars(home)[name] for home in homes if name in vars(home)), None)
    return found is not None and not isinstance(found, (classmethod, staticmethod))


def _dictionary(*args: Any, **items: Any) -> dict[Any, Any]:  # noqa: ANN401 - as dict
    return dict(*args, **items)


def _refuse_wide(pattern: str) -> None:
    if WIDE.search(pattern):
        raise LimitError("it asks for more places than a text may have")


def _grown(name: str, args: tuple[Any, ...]) -> int:
    """The most characters that a filter may make of its arguments."""
    if name == "join":
        lists = [value for value in args if isinstance(value, (list, tuple))]
        return sum(sum(map(_length, value)) for value in lists)
    lengths = sorted(_length(value) for value in args)
    return lengths[-1] * lengths[-2] if len(lengths) > 1 else 0


def _length(value: Any) -> int:  # noqa: ANN401 - whatever templates hold
    return len(value) if isinstance(value, (str, bytes, list, tuple)) else 0


def _number(value: Any) -> int:  # noqa: ANN401 - whatever templates hold
    return abs(value) if isinstance(value, int) else 0


def _bits(value: Any) -> int:  # noqa: ANN401 - whatever templates hold
    return value.bit_length() if isinstance(value, int) else 0
