"""Draw every figure to look at: `python -m course.figures OUT [--png] [--only 1.2]`."""

import argparse
from pathlib import Path

from autograde import course
from course.figures import draw_all, faults, figures, notebooks


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m course.figures", description="Draw every figure of the course.")
    parser.add_argument("out", type=Path, help="figures go to OUT/<unit>/figures")
    parser.add_argument("--png", action="store_true", help="write a PNG beside each SVG")
    parser.add_argument("--only", default="", help="draw only notebooks whose name starts so, for example 1.2")
    args = parser.parse_args()
    for notebook in notebooks():
        if not notebook.startswith(args.only):
            continue
        folder = args.out / course.notebooks()[notebook].unit / "figures"
        for path in draw_all(notebook, folder):
            print(path)
        for stem, figure in figures(notebook).items():
            canvas = figure()
            if args.png:
                print(canvas.save(folder / f"{stem}.png"))
            for fault in faults.find(canvas):
                print(f"  {fault}")


if __name__ == "__main__":
    main()
