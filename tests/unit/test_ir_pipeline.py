"""Pipelines: their text, the passes made from it, and how the pass manager runs them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import pytest
from ir_helpers import PROGRAM, read
from xdsl.context import Context
from xdsl.dialects import arith, func
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass
from xdsl.utils.exceptions import PassFailedException

from luma_ir.ir import fast
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine, PassFailure, current_engine
from luma_ir.ir.pass_manager import PassCrash, PassManager, PassManagerOptions, count
from luma_ir.ir.pipeline import AnchorSpec, PassSpec, PipelineError, build_pass, field_types, parse_pipeline, type_text
from luma_ir.ir.registry import Registry
from luma_ir.ir.timing import Timing


@dataclass(frozen=True)
class TestOptionsPass(ModulePass):
    """Has options of all kinds and does nothing."""

    __test__ = False
    name = "test-options"
    count: int = 1
    ratio: float = 0.5
    flag: bool = False
    text: str = ""
    level: Literal["low", "high"] = "low"
    sizes: tuple[int, ...] = ()
    limit: int | None = None

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class TestNeedPass(ModulePass):
    """Has an option that must be given."""

    __test__ = False
    name = "test-need"
    size: int

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class TestActPass(ModulePass):
    """Does what `what` says."""

    __test__ = False
    name = "test-act"
    what: str = "nothing"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Count the functions, then act."""
        functions = [inner for inner in fast.walk(op) if isinstance(inner, func.FuncOp)]
        count("functions", len(functions))
        if self.what == "crash":
            raise KeyError("boom")
        if self.what == "fail":
            raise PassFailure("no way", functions[0])
        if self.what == "upstream failure":
            raise PassFailedException("xDSL's way")
        if self.what == "report":
            current_engine().error(None, "reported", location=functions[0].location)
        if self.what == "break":
            for constant in [inner for inner in fast.walk(op) if isinstance(inner, arith.ConstantOp)]:
                fast.append(constant.parent, fast.detach(constant))  # pyright: ignore
        if self.what == "erase":
            for function in functions:
                fast.erase(function)


@pytest.fixture(name="registry")
def _registry() -> Registry:
    registry = Registry()
    for cls in (TestOptionsPass, TestNeedPass, TestActPass):
        registry.register_pass(cls.name, lambda cls=cls: cls)
    registry.register_pipeline("twice", "test-act,test-act{what=nothing}")
    registry.register_pipeline("again", "again")

    def sized(*, size: int = 3, flag: bool = False) -> str:
        return f"test-need{{size={size}}}" + (",test-act" if flag else "")

    registry.register_pipeline("sized", sized)
    return registry


def spec(text: str) -> PassSpec:
    """The one pass of a pipeline text."""
    (item,) = parse_pipeline(text).items
    assert isinstance(item, PassSpec)
    return item


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a,b",
        'a{x=1 flag name="x y" list=1,2,3}',
        "func.func(a,b{c=1}),any(c,d.e(f))",
        'a{text="q\\"uote"}',
    ],
)
def test_text_of_a_pipeline_is_its_text(text: str) -> None:
    """`str` gives back what was parsed."""
    pipeline = parse_pipeline(text)
    assert str(pipeline) == text
    assert parse_pipeline(str(pipeline)) is not None


def test_anchors() -> None:
    """The outer `builtin.module` is taken off, others stay; spaces do not matter."""
    pipeline = parse_pipeline(" builtin.module( a , func.func( b ) ) ")
    assert str(pipeline) == "a,func.func(b)"
    assert isinstance(pipeline.items[1], AnchorSpec)
    assert [item.name for item in pipeline.passes()] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("a,,b", 3, "expected a pass name, found `,`"),
        ("a,", 3, "expected a pass name after `,`"),
        ("a b", 3, "unexpected `b`"),
        ("a{x=}", 5, "expected a value for option `x`"),
        ("a{x=1", 6, "expected `}` to close the options of `a`"),
        ("a{=1}", 3, "expected the name of an option"),
        ("a{x=1 x=2}", 7, "option `x` of `a` is given twice"),
        ("f.f(a", 6, "expected `)` to close `f.f(`"),
        ("a)", 2, "unexpected `)`"),
        ("a{x={b}", 8, "expected `}`"),
    ],
)
def test_malformed_pipelines(text: str, column: int, message: str) -> None:
    """The error points at the place."""
    with pytest.raises(PipelineError, match=re.escape(message)) as caught:
        parse_pipeline(text)
    assert caught.value.span.line_column == (1, column)
    assert caught.value.to_diagnostic().place() == ("<pipeline>", 1, column)


def test_options_are_converted() -> None:
    """Each kind of option takes its values; dashes stand for underscores."""
    made = build_pass(
        TestOptionsPass,
        spec('test-options{count=-0x10 ratio=2 flag text="a b" level=high sizes=1,2 limit=7}'),
    )
    assert made == TestOptionsPass(-16, 2.0, True, "a b", "high", (1, 2), 7)
    assert build_pass(TestOptionsPass, spec("test-options{flag=false text={x{y}}}")) == TestOptionsPass(text="x{y}")
    assert build_pass(TestNeedPass, spec("test-need{size=2}")) == TestNeedPass(2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("test-options{count=x}", "option `count` of `test-options`: expected int, found `x`"),
        ('test-options{count="1"}', 'expected int, found `"1"`'),
        ("test-options{count}", "expected a value of type int"),
        ("test-options{flag=1}", "expected bool, found `1`"),
        ("test-options{level=middle}", "expected `low` or `high`, found `middle`"),
        ("test-options{sizes=1,x}", "expected a list of int, found `1,x`"),
        ("test-options{count=1,2}", "expected int, found `1,2`"),
        ("test-options{limit=x}", "expected int, found `x`"),
        ("test-options{coutn=1}", "pass `test-options` has no option `coutn`"),
        ("test-need", "pass `test-need` needs the option `size`"),
    ],
)
def test_wrong_options(text: str, message: str) -> None:
    """The error names the pass and the option and says what was expected."""
    item = spec(text)
    with pytest.raises(PipelineError, match=re.escape(message)):
        build_pass({"test-options": TestOptionsPass, "test-need": TestNeedPass}[item.name], item)


def test_suggestion_for_an_option() -> None:
    """A misspelt option gets the right one suggested."""
    with pytest.raises(PipelineError) as caught:
        build_pass(TestOptionsPass, spec("test-options{coutn=1}"))
    assert caught.value.helps == ("did you mean `count`?",)


def test_types_in_words() -> None:
    """Option types read well."""
    hints = field_types(TestOptionsPass)
    assert [type_text(hints[name]) for name in ("count", "level", "sizes", "limit")] == [
        "int",
        "`low` or `high`",
        "a list of int",
        "int",
    ]


class Run:
    """A pass manager over the test program, with all that it printed."""

    def __init__(self, registry: Registry, pipeline: str, **options: object) -> None:
        self.engine = DiagnosticEngine()
        self.printed: list[str] = []
        settings = PassManagerOptions(sink=self.printed.append, **options)  # pyright: ignore
        self.manager = PassManager(make_context(), self.engine, settings, registry).add(pipeline)
        self.module = read(PROGRAM)
        self.succeeded = self.manager.run(self.module)

    @property
    def messages(self) -> list[str]:
        """What was reported."""
        return [diagnostic.message for diagnostic in self.engine.diagnostics]

    @property
    def titles(self) -> list[str]:
        """The headings of what was printed."""
        return re.findall(r"-----// (.*?) //-----", "".join(self.printed))


def test_passes_run_in_order(registry: Registry) -> None:
    """Named pipelines are expanded, with options where they take some."""
    assert Run(registry, "test-options,twice").manager.passes_run == [
        "test-options",
        "test-act",
        "test-act{what=nothing}",
    ]
    assert Run(registry, "sized{size=4 flag}").manager.passes_run == ["test-need{size=4}", "test-act"]


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        ("test-atc", "unknown pass or pipeline `test-atc`"),
        ("again", "pipeline `again` contains itself"),
        ("twice{x=1}", "pipeline `twice` takes no options"),
        ("sized{siez=1}", "pass `sized` has no option `siez`"),
        ("sized{size=x}", "option `size` of `sized`: expected int"),
        ("canonicalize(test-act)", "`canonicalize` is not the name of an op to run passes on"),
        ("func.fun(test-act)", "there is no op `func.fun` to run passes on"),
    ],
)
def test_pipelines_that_cannot_be_built(registry: Registry, pipeline: str, message: str) -> None:
    """The whole pipeline is checked before anything runs."""
    with pytest.raises(PipelineError, match=re.escape(message)):
        Run(registry, f"test-act,{pipeline}")


def test_spelling_suggestion(registry: Registry) -> None:
    """The help has the name that is most alike, and where to find all."""
    with pytest.raises(PipelineError) as caught:
        Run(registry, "test-atc")
    assert caught.value.helps[0] == "did you mean `test-act`?"


def test_failures_are_reported_with_place_and_pass(registry: Registry) -> None:
    """A failure ends the run; what comes later does not run."""
    failed = Run(registry, "test-act{what=fail},test-options")
    assert not failed.succeeded
    assert [str(diagnostic) for diagnostic in failed.engine.diagnostics] == ["test.mlir:2:1: error: no way"]
    assert failed.engine.diagnostics[0].notes == ("in pass `test-act{what=fail}`",)
    assert failed.manager.passes_run == ["test-act{what=fail}"]
    assert Run(registry, 'test-act{what="upstream failure"}').messages == ["xDSL's way"]
    reported = Run(registry, "test-act{what=report},test-options")
    assert not reported.succeeded and reported.messages == ["reported"]
    assert len(reported.manager.passes_run) == 1


def test_crash_names_the_pass_and_the_pipeline_so_far(registry: Registry) -> None:
    """Any other exception is an internal error with its cause."""
    with pytest.raises(PassCrash, match="pass `test-act` crashed: KeyError: 'boom'") as caught:
        Run(registry, "test-options,test-act{what=crash},test-options")
    assert caught.value.pipeline == "test-options,test-act{what=crash}"
    assert isinstance(caught.value.__cause__, KeyError)


def test_verify_policies(registry: Registry) -> None:
    """`each` names the pass, `ends` the pipeline, `none` sees nothing; invalid input runs no pass."""
    each = Run(registry, "test-act{what=break},test-options", verify="each")
    assert not each.succeeded
    assert each.messages[-1] == "pass `test-act{what=break}` left invalid IR behind"
    assert len(each.manager.passes_run) == 1
    ends = Run(registry, "test-act{what=break},test-options", verify="ends")
    assert not ends.succeeded
    assert ends.messages[-1] == "the pipeline left invalid IR behind"
    assert len(ends.manager.passes_run) == 2
    none = Run(registry, "test-act{what=break},test-options", verify="none")
    assert none.succeeded and none.messages == []
    again = PassManager(make_context(), DiagnosticEngine(), registry=registry).add("test-options")
    assert not again.run(none.module)
    assert again.passes_run == []


def test_printing_around_passes(registry: Registry) -> None:
    """Each option prints at its moments, and only then."""
    pipeline = "test-options,test-act{what=erase}"
    assert Run(registry, pipeline).titles == []
    assert Run(registry, pipeline, print_before=["test-act"]).titles == ["before pass test-act{what=erase}"]
    assert Run(registry, pipeline, print_after=["test-options"]).titles == ["after pass test-options"]
    everything = Run(registry, pipeline, print_before_all=True, print_after_all=True)
    assert [title.partition(" ")[0] for title in everything.titles] == ["before", "after"] * 2
    changes = Run(registry, pipeline, print_after_change=True)
    assert changes.titles == ["after pass test-options: no change", "after pass test-act{what=erase}"]
    assert "func.func" not in "".join(changes.printed)
    generic = Run(registry, pipeline, print_before=["test-options"], print_generic=True, debug_locations=True)
    assert '"func.func"' in "".join(generic.printed) and "loc(" in "".join(generic.printed)


def test_statistics_and_hooks(registry: Registry) -> None:
    """Counts add up by pass, and `count` outside of a pass does nothing."""
    seen: list[str] = []
    run = Run(registry, "test-act,test-act", after_pass=lambda instance, op: seen.append(instance.name))
    assert run.manager.statistics["test-act"] == {"functions": 4}
    assert "(S) 4 functions" in run.manager.render_statistics()
    assert seen == ["test-act", "test-act"]
    count("functions")
    assert run.manager.statistics["test-act"] == {"functions": 4}


def test_timing_is_a_tree(registry: Registry) -> None:
    """Passes and their verification are sections, anchors hold sections."""
    timing = Timing()
    Run(registry, "test-options,func.func(test-act,test-options)", timing=timing)
    names = {child["name"]: child for child in timing.as_dict()["children"]}
    assert list(names) == ["(verify)", "test-options", "'func.func' pipeline"]
    assert names["(verify)"]["count"] == 3
    inner = {child["name"]: child["count"] for child in names["'func.func' pipeline"]["children"]}
    assert inner == {"test-act": 2, "test-options": 2}
    report = timing.render()
    assert re.search(r"^ +\d+\.\d{4} +\d+\.\d    test-act \(2 times\)$", report, re.MULTILINE)


def test_anchored_passes_see_one_op_at_a_time(registry: Registry) -> None:
    """Functions come back to their places; a pass may remove the one it is given."""
    whole = Run(registry, "")
    nested = Run(registry, "func.func(test-act)")
    assert nested.manager.statistics["test-act"] == {"functions": 2}
    assert str(nested.module) == str(whole.module)
    removed = Run(registry, "any(test-act{what=erase})")
    assert [op.name for op in fast.walk(removed.module)] == ["builtin.module"]
    broken = Run(registry, "func.func(test-act{what=break})")
    assert broken.messages[-1] == "pipeline `func.func(test-act{what=break})` left invalid IR behind"
    failed = Run(registry, "func.func(test-act{what=fail})")
    assert not failed.succeeded and str(failed.module) == str(whole.module)


def test_modules_inside_modules_are_anchors_too(registry: Registry) -> None:
    """A nested module is run on directly."""
    manager = PassManager(make_context(), DiagnosticEngine(), registry=registry)
    manager.add("builtin.module(builtin.module(test-act))")
    module = read("builtin.module {\nbuiltin.module {\nfunc.func private @f()\n}\n}")
    assert manager.run(module)
    assert manager.statistics["test-act"] == {"functions": 1}


def test_pass_objects_can_be_added(registry: Registry) -> None:
    """`add_pass` takes an instance as it is."""
    manager = PassManager(make_context(), DiagnosticEngine(), registry=registry).add_pass(TestActPass("erase"))
    module = read(PROGRAM)
    assert manager.run(module)
    assert list(module.body.block.ops) == []
