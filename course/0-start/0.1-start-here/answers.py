"""Right answers to 0.1, in other styles."""

import numpy as np

RIGHT = {
    "slope_of_cube": {
        "product rule": lambda x: x * x + x * 2 * x,
        "complex step": lambda x: (complex(x, 1e-30) ** 3).imag / 1e-30,
        "polynomial": lambda x: np.polyval([3, 0, 0], x),
    },
}
