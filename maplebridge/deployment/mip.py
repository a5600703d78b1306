"""Linear and integer programs through HiGHS (Huangfu and Hall 2018), built from sparse arrays."""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from maplebridge.deployment.kernels.arrays import Floats

INF = highspy.kHighsInf


@dataclass(frozen=True)
class Rows:
    """Sparse rows: `index[start[i]:start[i + 1]]` are the columns of row i, `value` what stands there; their bounds."""

    start: NDArray[np.int64]
    index: NDArray[np.int64]
    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Answer:
    """Values of the columns (empty where none was found), the objective, a proven bound of it, duals of the rows."""

    columns: Floats
    value: float
    bound: float
    duals: Floats
    optimal: bool


class _Quiet(highspy.Highs):  # type: ignore[misc]  # comes without types
    """A solver that writes nothing to the terminal, its own name neither."""

    def enableCallbacks(self) -> None:  # noqa: N802  # HiGHS' name; called before anything is written
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def minimise(
    cost: Floats, high: Floats, rows: Rows, *, whole: int = 0, low: Floats | None = None, seconds: float = 60.0,
    start: Floats | None = None, method: str = "choose", stop: Callable[[], bool] | None = None,
) -> Answer:  # fmt: skip
    """Minimise cost @ x with rows.low <= A x <= rows.high, low (0) <= x <= high, the first `whole` columns integers.

    `seconds` end the search, and `stop`, asked now and then, once it says True; `start` is a solution to begin with;
    `method` as HiGHS names its solvers. An interior point's answer is left without crossover: its duals are near the
    best ones, not exactly on a corner.
    """
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows.low)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)) if low is None else low, high
    lp.row_lower_, lp.row_upper_ = rows.low, rows.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.start, rows.index, rows.value
    if whole:
        kinds = [highspy.HighsVarType.kInteger] * whole
        lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (len(cost) - whole)
    return _solved(lp, seconds=seconds, start=start, method=method, stop=stop)


def _heed(solver: _Quiet, stop: Callable[[], bool]) -> None:
    """Let the solver ask whether it is to end."""

    def asked(event: highspy.HighsCallbackEvent) -> None:
        if stop():
            event.interrupt()

    for callback in (solver.cbMipInterrupt, solver.cbSimplexInterrupt, solver.cbIpmInterrupt):
        callback += asked  # noqa: PLW2901  # HiGHS' way to subscribe


def _solved(
    lp: highspy.HighsLp, *, seconds: float, start: Floats | None, method: str, stop: Callable[[], bool] | None
) -> Answer:
    solver = _Quiet()
    if stop is not None:
        _heed(solver, stop)
    options = {"time_limit": float(seconds), "random_seed": 1, "solver": method,
               "run_crossover": "off" if method == "ipm" else "choose", "mip_rel_gap": 0.0,
               "mip_abs_gap": 1e-9}  # fmt: skip
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = list(start)
        solver.setSolution(given)
    solver.run()
    info, found = solver.getInfo(), solver.getSolution()
    optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    whole = bool(len(lp.integrality_))
    columns = np.array(found.col_value) if found.value_valid else np.zeros(0)
    return Answer(
        columns=columns,
        value=float(info.objective_function_value) if found.value_valid else np.inf,
        bound=float(info.mip_dual_bound) if whole else float(info.objective_function_value) if optimal else -np.inf,
        duals=np.array(found.row_dual) if found.dual_valid else np.zeros(0),
        optimal=optimal,
    )
