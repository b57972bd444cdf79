"""Lettering: fonts, and the room that a line of text takes. Lengths are in inches, sizes in points."""

from dataclasses import dataclass

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path


@dataclass(frozen=True)
class Word:
    """A piece of text and the box its ink fills."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def font(size: float, bold: bool = False) -> FontProperties:
    """DejaVu Sans for words, Computer Modern for maths."""
    weight = "bold" if bold else "normal"
    return FontProperties(family="DejaVu Sans", size=size, weight=weight, math_fontfamily="cm")


def measure(text: str, size: float) -> tuple[float, float, float]:
    """Width, height and depth below the baseline, in inches, of one line of text set at `size` points."""
    box = text_to_path.get_text_width_height_descent(text, font(size), ismath=text.count("$") > 1)
    width, height, depth = (length / 72 for length in box)
    return width, height, depth


def strut(text: str, size: float) -> tuple[float, float, float]:
    """As `measure`, but the same height for every ordinary line, so that neighbours share a baseline."""
    width, height, depth = measure(text, size)
    em = size / 72
    ordinary = height - depth < 0.85 * em and depth < 0.35 * em
    return (width, 0.68 * em, 0) if ordinary else (width, height, depth)
