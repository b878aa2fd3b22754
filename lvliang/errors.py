"""The errors of the project and the exit code of each.

A message names the file, row, column and value at fault, and what would be legal.
"""

from __future__ import annotations


class LvliangError(Exception):
    """Anything the project refuses to do; ``exit_code`` is what the command line returns."""

    exit_code = 1


class ParameterError(LvliangError):
    """A parameter's name, type or value is wrong (an unknown region included)."""

    exit_code = 2


class DataError(LvliangError):
    """A table breaks its contract, or a series that was asked for is not there."""

    exit_code = 3


class CellError(LvliangError):
    """A cell of a notebook raised an exception."""

    exit_code = 4


class KernelDied(LvliangError):
    """The kernel of a notebook ended before the notebook did."""

    exit_code = 5


class DeadlineExceeded(LvliangError):
    """The run did not end before its deadline."""

    exit_code = 6


class QualityError(LvliangError):
    """A page failed the quality gate and was not published."""

    exit_code = 7


class Locked(LvliangError):
    """Another run is publishing into the same outputs."""

    exit_code = 8
