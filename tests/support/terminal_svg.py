# SPDX-License-Identifier: Apache-2.0
"""Draws a command and its output as a terminal window: python3 terminal_svg.py OUT.svg COMMAND..."""
import html
import subprocess
import sys

COLUMN, ROW, MARGIN, TOP = 8.4, 19, 18, 44


def colour_of(row):
    return "#7ee787" if row == 0 else "#e6edf3"


def render(command, lines):
    width = int(2 * MARGIN + COLUMN * max(80, *(len(line) for line in lines)))
    height = int(TOP + ROW * len(lines) + MARGIN)
    dots = "".join(f'<circle cx="{MARGIN + 18 * i + 4}" cy="18" r="6" fill="{colour}"/>'
                   for i, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")))
    rows = "".join(f'<text x="{MARGIN}" y="{TOP + ROW * i + 12}" xml:space="preserve" fill="{colour_of(i)}">'
                   f"{html.escape(line)}</text>\n" for i, line in enumerate(lines))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
            f'<title>{html.escape(command)}</title>\n'
            f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>{dots}\n'
            f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3">\n{rows}</g></svg>\n')


def main():
    out, command = sys.argv[1], sys.argv[2:]
    shown = "$ " + " ".join(command).replace("build/bin/", "")
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    with open(out, "w", encoding="utf-8") as file:
        file.write(render(shown, [shown, "", *text.rstrip("\n").split("\n")]))


if __name__ == "__main__":
    main()
