"""Works out the `check` expression of a numeric answer: numbers and a few functions, nothing else.

May touch: the standard library only.
"""

import ast
import math
import operator
from collections.abc import Callable

LONGEST_EXPRESSION = 300  # characters
LARGEST_EXPONENT = 1_000  # 2 ** 10_000_000 would fill the memory

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[float], float]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "sqrt": math.sqrt,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "exp": math.exp,
    "abs": abs,
    "min": min,
    "max": max,
    "round": round,
    "ceil": math.ceil,
    "floor": math.floor,
    "erf": math.erf,
    "comb": lambda n, k: math.comb(_small(n), _small(k)),
    "factorial": lambda n: math.factorial(_small(n)),
}
_CONSTANTS = {"pi": math.pi, "e": math.e}


def evaluate(expression: str) -> float:
    """The finite value of the expression, or a ValueError that says what it may hold."""
    if len(expression) > LONGEST_EXPRESSION:
        raise ValueError(f"the expression has {len(expression)} characters, at most {LONGEST_EXPRESSION} fit")
    try:
        value = float(_value(ast.parse(expression.strip(), mode="eval").body))
    except (SyntaxError, ValueError, ArithmeticError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError(f"the expression cannot be worked out: {error}") from error
    if not math.isfinite(value):
        raise ValueError(f"the expression is {value}")
    return value


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _combined(type(op), _value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(argument) for argument in args))
    raise ValueError(f"`{ast.unparse(node)[:40]}` is not a number, + - * / // % ** or one of {', '.join(_FUNCTIONS)}")


def _combined(op: type[ast.operator], one: float, other: float) -> float:
    if op is ast.Pow and (abs(other) > LARGEST_EXPONENT or abs(one) > 1e100):
        raise ValueError(f"the power {one} ** {other} is too large")
    found = _BINARY[op](one, other)
    if isinstance(found, complex):
        raise ValueError("a root of a negative number")
    return found


def _small(number: float) -> int:
    if number != int(number) or not 0 <= number <= LARGEST_EXPONENT:
        raise ValueError(f"{number} is not a whole number from 0 to {LARGEST_EXPONENT}")
    return int(number)
