"""Play: sliders that call a learner's own functions and draw again.

The picture is an ordinary output, replaced in place, so it stays in a saved notebook and shows wherever notebooks are
shown. Only the sliders are a widget. Where ``$AUTOGRADE_STILL`` is set (a build), or there are no widgets, the picture
alone is made.
"""

from __future__ import annotations

import base64
import inspect
import io
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from autograde.asking.limits import TooLong, time_limit

SIZE, DPI = (7, 3.2), 96
SECONDS = 3.0
"""For one call of the learner's function; what Matplotlib takes, the first time in a browser, comes on top."""
STEPS = 100
"""Places that a slider without whole numbers has."""
Range = tuple[float, float, float]


def play(draw: Callable, **sliders: Range) -> None:
    """Show ``draw`` with a slider for each of its numbers: ``play(valves, f=(0, 1, 0.9), i=(0, 1, 0.1))``.

    draw : called as ``draw(axes, **numbers)`` to draw on Matplotlib axes; a text that it returns is shown in the picture's
        place. Or called as ``draw(**numbers)``, to return a text.
    sliders : name=(lowest, highest, at first); whole numbers move in steps of one.
    """
    values = {name: first for name, (_, _, first) in sliders.items()}
    if "IPython" not in sys.modules:
        print(_bundle(draw, values)["text/plain"])
        return
    from IPython.display import display

    if "AUTOGRADE_STILL" in os.environ or not _live():
        display(_bundle(draw, values), raw=True)
        return
    import ipywidgets

    moved = {name: _slider(ipywidgets, name, *span) for name, span in sliders.items()}
    values = {name: slider.value for name, slider in moved.items()}
    box = ipywidgets.VBox(list(moved.values()))
    display(box._repr_mimebundle_() | {"text/plain": "Run this cell, and here are sliders to move."}, raw=True)
    picture = display(_bundle(draw, values), raw=True, display_id=True)

    def redraw(_change: Any) -> None:
        picture.update(_bundle(draw, {name: slider.value for name, slider in moved.items()}), raw=True)

    for slider in moved.values():
        slider.observe(redraw, "value")


def _live() -> bool:
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None and find_spec("ipywidgets") is not None


def _slider(ipywidgets: Any, name: str, low: float, high: float, first: float) -> Any:
    """A slider that the keyboard moves and a screen reader names; its first value lies on its grid."""
    said = {"description": name, "tooltip": name, "layout": {"width": "60%"}, "continuous_update": True}
    if all(isinstance(v, int) for v in (low, high, first)):
        return ipywidgets.IntSlider(value=first, min=low, max=high, **said)
    step = (high - low) / STEPS
    value = low + round((first - low) / step) * step
    return ipywidgets.FloatSlider(value=value, min=low, max=high, step=step, **said)


def _bundle(draw: Callable, values: Mapping[str, float]) -> dict[str, str]:
    """What ``draw`` shows at these values; what it raises is said in its place, since a slider's errors show nowhere."""
    said = ", ".join(f"{name} = {value:g}" for name, value in values.items())
    try:
        return _drawn(draw, values, said)
    except TooLong:
        return {
            "text/plain": f"At {said}: no picture after {SECONDS:g} seconds, so it was stopped. Is there a loop without end?"
        }
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return {"text/plain": f"At {said}: {type(error).__name__}: {error} (in {place.name}, line {place.lineno})"}


def _drawn(draw: Callable, values: Mapping[str, float], said: str) -> dict[str, str]:
    from matplotlib.figure import Figure

    if next(iter(inspect.signature(draw).parameters)) != "axes":
        with time_limit(SECONDS):
            return {"text/plain": f"{said}\n{draw(**values)}"}
    figure = Figure(figsize=SIZE, layout="tight")
    axes = figure.subplots()
    with time_limit(SECONDS):
        text = draw(axes, **values)
    if isinstance(text, str):  # such as "first the exercise above"
        return {"text/plain": text}
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return {"image/png": base64.b64encode(out.getvalue()).decode(), "text/plain": f"A picture at {said}."}
