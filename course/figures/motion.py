"""Motion in an SVG file without a script: parts of a figure appear one beat after another, again and again.

The file itself is the finished picture. A style sheet at its end hides parts of it for a while, only on a screen and only
for readers who have not asked for less motion; whatever does not know CSS animation shows the finished picture. It begins
and ends with all of it shown, and all animations last equally long, so that they stay in step.
"""

from dataclasses import dataclass

LEAD, BEAT, REST, FADE = 2.0, 0.8, 4.0, 0.3
"""Seconds: with everything shown at first, between two beats, with everything shown at the end, for a part to change."""


@dataclass(frozen=True, order=True)
class Cue:
    """A part appears at `beat`; before, its opacity is `unlit`. It goes at `until`, if that is not 0, and is then no part
    of the finished picture.
    """

    beat: float
    unlit: float = 0.0
    until: float = 0.0

    @property
    def name(self) -> str:
        """A word for this cue, with which the ids of its parts begin."""
        return f"b{round(100 * self.beat)}u{round(100 * self.unlit)}t{round(100 * self.until)}"

    @property
    def passing(self) -> bool:
        """Whether it is seen only while the figure moves."""
        return self.until > 0


class Motion:
    """Which parts of a figure appear when."""

    def __init__(self) -> None:
        self.cues: dict[Cue, int] = {}

    def __bool__(self) -> bool:
        return bool(self.cues)

    def name(self, cue: Cue) -> str:
        """A new id for a part that follows `cue`."""
        self.cues[cue] = self.cues.get(cue, 0) + 1
        return f"{cue.name}-{self.cues[cue]}"

    def style(self) -> str:
        """The style sheet for an SVG whose parts have these ids."""
        whole = LEAD + max(max(cue.beat, cue.until) for cue in self.cues) * BEAT + REST
        hidden = [f"[id^={cue.name}-]{{opacity:0}}" for cue in sorted(self.cues) if cue.passing]
        rules = []
        for cue in sorted(self.cues):
            frames = _passing(cue) if cue.passing else _staying(cue)
            steps = "".join(f"{_percent(t / whole)}{{opacity:{opacity:g}}}" for t, opacity in frames)
            last = 0 if cue.passing else 1
            rules.append(f"[id^={cue.name}-]{{animation:{cue.name} {whole:g}s infinite}}")
            rules.append(f"@keyframes {cue.name}{{0%{{opacity:{last}}}{steps}to{{opacity:{last}}}}}")
        moving = "\n".join(f"  {rule}" for rule in rules)
        return "\n".join([*hidden, f"@media screen and (prefers-reduced-motion:no-preference){{\n{moving}\n}}"])


def _staying(cue: Cue) -> list[tuple[float, float]]:
    starts = LEAD + FADE + cue.beat * BEAT
    return [(LEAD, 1), (LEAD + FADE, cue.unlit), (starts, cue.unlit), (starts + FADE, 1)]


def _passing(cue: Cue) -> list[tuple[float, float]]:
    starts, stops = (LEAD + FADE + beat * BEAT for beat in (cue.beat, cue.until))
    return [(starts, 0), (starts + FADE, 1), (stops, 1), (stops + FADE, 0)]


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
