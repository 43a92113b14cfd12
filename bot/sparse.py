"""Sparse matrices whose rows are looked up thousands of times: plain arrays, without a library's care for all cases."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Sparse(NamedTuple):
    """Numbers by rows, (r, c): where each row begins (r + 1,), and the column and the value of each number (v,)."""

    start: Ints
    column: Ints
    value: NDArray[Any]

    @classmethod
    def empty(cls, rows: int) -> "Sparse":
        """So many rows with nothing in them."""
        return cls(np.zeros(rows + 1, np.int64), np.zeros(0, np.int64), np.zeros(0))

    @classmethod
    def of(cls, matrix: Any) -> "Sparse":
        """From scipy's, of any form."""
        by_row = matrix.tocsr()
        return cls(by_row.indptr, by_row.indices, by_row.data)

    def as_array(self, columns: int) -> Any:
        """As scipy's, (r, columns)."""
        from scipy import sparse  # slow to import, and only ranking needs it

        return sparse.csr_array((self.value, self.column, self.start), shape=(len(self.start) - 1, columns))

    def rows(self, wanted: Ints) -> tuple[Ints, Ints, NDArray[Any]]:
        """What stands in these rows (k,), in their order: which of them (0..k-1), the column, the value."""
        count = self.start[wanted + 1] - self.start[wanted]
        at = np.arange(count.sum()) + np.repeat(self.start[wanted] - np.cumsum(count) + count, count)
        return np.repeat(np.arange(len(wanted)), count), self.column[at], self.value[at]
