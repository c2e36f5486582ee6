"""A program that sets one sheet: its data as JSON comes in, the bytes of a PDF go out.

It is run by itself for each sheet, apart from the process that serves. What the typesetter
remembers of a sheet, a hundred megabytes and more, is gone with it, and so is a patient's plan. It
knows nothing of medplan, reads nothing from the machine but its own folder, and is told no secret.
"""

import sys
from pathlib import Path

import typst


def main() -> None:
    """Set what standard input holds."""
    sys.stdout.buffer.write(
        typst.compile(
            Path(__file__).with_name("sheet.typ").read_bytes(),
            format="pdf",
            sys_inputs={"data": sys.stdin.buffer.read().decode()},
            pdf_standards="ua-1",
            font_paths=typst.Fonts(include_system_fonts=False),
            ignore_system_fonts=True,
        )
    )


if __name__ == "__main__":
    main()
