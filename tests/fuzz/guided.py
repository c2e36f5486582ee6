"""Sends so many inputs to one target, led by which lines of medplan they reach (atheris).

    python -m tests.fuzz.guided NAME INPUTS FOLDER

What is found is kept in FOLDER; the exit code is not 0. Run by `tests.fuzz.run`, for a fuzzer of
this kind ends its own process.
"""

import sys

import atheris

with atheris.instrument_imports(include=["medplan"]):
    from tests.fuzz.targets import TARGETS


def main(name: str, inputs: str, folder: str) -> None:
    """Fuzz one target."""
    target = next(one for one in TARGETS if one.name == name)
    target.read(b"")  # what is loaded or made once belongs to no input's time
    options = [f"-runs={inputs}", "-max_len=400", "-seed=41", "-timeout=60"]
    atheris.Setup(["guided", *options, f"-artifact_prefix={folder}/"], target.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
