"""The small ways in which a room's functions can be changed: what mutmut makes of their syntax.

mutmut changes an operator, a number, a text, an argument, a condition and the like. It leaves
decorated functions, properties among them, and whatever stands outside of functions as they are.
"""

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one function: where it is, and the function before and after.

    `file` is counted from the root, `owner` is the method's class or empty. `lines` are those of
    the change and of the statement around it. A method's text is that of its class with nothing
    else in it.
    """

    name: str
    file: str
    owner: str
    function: str
    lines: list[int]
    before: str
    after: str

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return _module(self.file)

    @property
    def room(self) -> str:
        """The room that the module is in."""
        return self.module.split(".")[1]

    def difference(self) -> str:
        """The change as a unified diff."""
        before, after = self.before.splitlines(), self.after.splitlines()
        return "\n".join(difflib.unified_diff(before, after, self.file, self.file, lineterm=""))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that mutmut proposes, in the file that it is about."""

    name: str
    file: str
    source: MetadataWrapper
    mutation: Mutation

    def mutant(self) -> Mutant:
        """The change, written out."""
        function = self.mutation.contained_by_top_level_function
        old, new = self.mutation.original_node, self.mutation.mutated_node
        owner = _owner(self.source, function)
        return Mutant(
            name=self.name,
            file=self.file,
            owner=owner,
            function=function.name.value,
            lines=sorted({*_lines(self.source, old), *self._statement()}),
            before=_written(function, owner),
            after=_written(deep_replace(function, old, new), owner),
        )

    def _statement(self) -> range:
        """The lines of the simple statement around the change, or the first of a compound one."""
        node = self.mutation.original_node
        while not isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            node = self.source.resolve(ParentNodeProvider)[node]
        lines = _lines(self.source, node)
        return lines if isinstance(node, cst.SimpleStatementLine) else lines[:1]


def proposals(room: str) -> Iterator[Proposal]:
    """Every way in which `medplan/ROOM` can be changed, file by file."""
    for path in sorted((ROOT / "medplan" / room).rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        source = MetadataWrapper(cst.parse_module(path.read_text("utf-8")))
        visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
        source.visit(visitor)
        count: Counter[str] = Counter()
        for mutation in visitor.mutations:
            function = mutation.contained_by_top_level_function
            if isinstance(function, cst.FunctionDef):
                within = [_module(file), _owner(source, function), function.name.value]
                place = ".".join(part for part in within if part)
                count[place] += 1
                yield Proposal(f"{place}:{count[place]}", file, source, mutation)


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _owner(source: MetadataWrapper, function: cst.FunctionDef) -> str:
    parents = source.resolve(ParentNodeProvider)
    owner = parents.get(parents[function])
    return owner.name.value if isinstance(owner, cst.ClassDef) else ""


def _lines(source: MetadataWrapper, node: cst.CSTNode) -> range:
    found = source.resolve(PositionProvider)[node]
    return range(found.start.line, found.end.line + 1)


def _written(function: cst.FunctionDef, owner: str) -> str:
    bare = function.with_changes(leading_lines=[])
    within = cst.ClassDef(cst.Name(owner), cst.IndentedBlock([bare])) if owner else bare
    return str(cst.Module([within]).code)
