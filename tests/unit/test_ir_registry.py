"""Names are found lazily, by rule, and a broken plug-in harms nobody."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest
from xdsl.ir import Dialect
from xdsl.passes import ModulePass
from xdsl.transforms.common_subexpression_elimination import CommonSubexpressionElimination

from luma_ir.ir import registry as registry_module
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine, InternalError, LumaError, use_engine
from luma_ir.ir.registry import Registry, pass_class_name


def test_class_name_of_a_flag() -> None:
    """A flag in kebab case is a class in camel case."""
    assert pass_class_name("luma-const-prop") == "LumaConstPropPass"
    assert pass_class_name("convert-scf-to-cf") == "ConvertScfToCfPass"


def test_own_passes_are_where_their_names_say() -> None:
    """Every pass that is listed by file name can be loaded and has the name that its file says."""
    registry = Registry()
    names = registry.own_pass_names()
    assert "luma-cse" in names
    for name in names:
        cls = registry.find_pass(name)
        assert cls is not None and cls.name == name
        assert issubclass(cls, ModulePass)
        assert cls.__name__ == pass_class_name(name)


def test_listing_imports_no_pass() -> None:
    """`own_pass_names` goes by file names and text alone."""
    code = (
        "import sys; from luma_ir.ir.registry import REGISTRY; names = REGISTRY.own_pass_names();"
        "loaded = [m for m in sys.modules if m.startswith('luma_ir.passes.')];"
        "assert names and not [m for m in loaded if m.count('.') > 2], loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "name", ["", "-", "no-such-pass", "luma-", "luma-no-such-pass", "../x", "luma-__init__", "é-x"]
)
def test_unknown_passes(name: str) -> None:
    """A name without a pass is None, whatever it looks like."""
    assert Registry().find_pass(name) is None


def test_upstream_passes_are_found_and_can_be_replaced() -> None:
    """xDSL's passes are there unless another one of the name is registered."""
    registry = Registry()
    assert registry.find_pass("cse") is CommonSubexpressionElimination
    registry.register_pass("cse", lambda: ModulePass)
    assert registry.find_pass("cse") is ModulePass


def test_file_whose_class_is_misnamed_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass file that does not keep the rule says so instead of not being found."""
    module = SimpleNamespace(Wrong=type("Wrong", (), {"name": "luma-wrong"}))
    monkeypatch.setattr(registry_module, "import_module", lambda reference: module)
    with pytest.raises(InternalError, match="`LumaWrongPass`"):
        Registry().find_pass("luma-wrong")


def test_dialects_of_ours_come_before_those_of_xdsl() -> None:
    """The `llvm` dialect is ours, with more ops; loading is lazy."""
    ctx = make_context()
    assert list(ctx.loaded_dialects) == []
    assert ctx.get_op("luma.if").name == "luma.if"
    assert [dialect.name for dialect in ctx.loaded_dialects] == ["luma"]
    assert ctx.get_op("llvm.switch").name == "llvm.switch"
    assert ctx.get_optional_op("no.such") is None
    assert ctx.get_optional_type("no.such") is None
    assert ctx.get_optional_attr("no.such") is None
    assert make_context(allow_unregistered=True).get_optional_op("no.such") is not None


class _EntryPoint:
    def __init__(self, name: str, plugin: object) -> None:
        self.name = name
        self.value = f"{name}:PLUGIN"
        self._plugin = plugin

    def load(self) -> object:
        """Give the plug-in, or fail as it would."""
        if isinstance(self._plugin, Exception):
            raise self._plugin
        return self._plugin


def test_plugins_are_read_when_a_name_is_not_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A good plug-in serves; a broken one beside it is named in a warning and left out; built-in names stay."""
    extra = Dialect("extra", [], [])
    good = SimpleNamespace(
        dialects={"extra": lambda: extra, "arith": lambda: extra},
        passes={"extra-pass": lambda: ModulePass},
        pipelines={"extra-pipeline": "cse"},
    )
    asked: list[str] = []

    def entry_points(*, group: str) -> list[_EntryPoint]:
        asked.append(group)
        if group == "xdsl.universe":
            return [_EntryPoint("other", SimpleNamespace(all_passes={"other-pass": lambda: ModulePass}))]
        return [_EntryPoint("broken", ValueError("no luck")), _EntryPoint("good", good)]

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    registry = Registry()
    engine = DiagnosticEngine()
    with use_engine(engine):
        assert registry.find_pass("cse") is not None
        assert asked == []
        assert registry.find_pass("extra-pass") is ModulePass
        assert asked == ["luma.plugins", "xdsl.universe"]
        assert registry.find_pass("other-pass") is ModulePass
        assert registry.find_pipeline("extra-pipeline") == "cse"
        assert {"extra-pass", "other-pass", "cse", "luma-cse"} <= set(registry.pass_names())
        assert "extra" in registry.dialect_names()
        ctx = make_context(registry=registry)
        assert ctx.get_optional_dialect("extra") is extra
        assert ctx.get_dialect("arith") is not extra
    assert registry.broken_plugins == {"broken": "ValueError: no luck"}
    assert [diagnostic.message for diagnostic in engine.diagnostics] == [
        "cannot load plug-in `broken` (`broken:PLUGIN`)",
        "plug-in `good` defines names that exist already: dialect `arith`",
    ]


def test_context_finds_plugin_dialects(monkeypatch: pytest.MonkeyPatch) -> None:
    """An op of a dialect that only a plug-in has makes the context look there."""
    from luma_ir.dialects.mem import Mem

    ops = [next(op for op in Mem.operations)]
    plugin = SimpleNamespace(dialects={ops[0].name.partition(".")[0]: lambda: Dialect("mem", ops, [])})
    monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: [_EntryPoint("p", plugin)])
    registry = Registry()
    registry._built_in_dialects = {}
    ctx = make_context(registry=registry)
    assert ctx.get_optional_op(ops[0].name) is ops[0]


def test_suggestions() -> None:
    """The most similar name, if any is similar."""
    registry = Registry()
    assert registry.suggest("canonicalise") == "canonicalize"
    assert registry.suggest("luma-canonicalise") == "luma-canonicalize"
    assert registry.suggest("qqqqqqqq") is None


def test_plugins_extend_our_pipelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline text is put in at an extension point; one at a point that does not exist is an error."""
    from luma_ir.passes import pipelines

    monkeypatch.setattr(pipelines, "EXTENSION_POINTS", {point: [] for point in pipelines.EXTENSION_POINTS})
    Registry().add_plugin(SimpleNamespace(extensions={"before-mem": "canonicalize{x=1}"}))
    assert "canonicalize{x=1},mem-" in pipelines.luma_pipeline()
    with pytest.raises(LumaError, match="no extension point `after-lunch`"):
        Registry().add_plugin(SimpleNamespace(extensions={"after-lunch": "cse"}))
