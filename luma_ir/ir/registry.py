"""
Lazy registries of dialects, passes and pipelines: names are known without importing what they name.

A pass is found by its flag: `luma-X-Y` is `passes/luma/X_Y.py`, `mem-X` is `passes/mem/X.py`, `convert-X` is
`passes/convert/convert_X.py`, and so on for every folder; its class is the flag in camel case followed by `Pass`.
What is not ours comes from xDSL, then from plug-ins: installed packages with an entry point in the group `luma.plugins`
(an object with dictionaries `dialects`, `passes` and `pipelines`, each optional) or `xdsl.universe`. Entry points are
read only for a name that is not built in and for listings; a broken one is reported by name and harms nobody else.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Container, Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from attrs import define, field

from luma_ir.ir.diagnostics import InternalError, LumaError, current_engine

if TYPE_CHECKING:
    from xdsl.ir import Dialect
    from xdsl.passes import ModulePass

PassFactory = Callable[[], "type[ModulePass]"]
DialectFactory = Callable[[], "Dialect"]
PipelineSource = str | Callable[..., str]

PASSES_PACKAGE = "luma_ir.passes"
"""The package whose folders hold one pass a file."""
DIALECTS_TABLE = "luma_ir.dialects:DIALECTS"
"""`module:object` of the table of our dialects."""
PIPELINES_TABLE = "luma_ir.passes.pipelines:PIPELINES"
"""`module:object` of the table of our pipelines: name -> pipeline text, or a function of the options that gives it."""
EXTENSION_POINTS_TABLE = "luma_ir.passes.pipelines:EXTENSION_POINTS"
"""`module:object` of the table extension point -> pipeline texts that run there."""
ENTRY_POINT_GROUPS = ("luma.plugins", "xdsl.universe")
"""Entry point groups that are searched for plug-ins, in order."""

_NO_OVERRIDE = frozenset({"xdsl"})


def pass_class_name(flag: str) -> str:
    """The class name that a pass flag stands for: `luma-cse` -> `LumaCsePass`."""
    return "".join(part[:1].upper() + part[1:] for part in flag.split("-")) + "Pass"


def load_object(reference: str) -> Any:
    """Import `module:object`."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


def _load_table(reference: str) -> dict:
    """Import a table, or nothing at all when its module is not part of this installation."""
    module = reference.partition(":")[0]
    try:
        return dict(load_object(reference))
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return {}


@define(eq=False)
class Registry:
    """Names of dialects, passes and pipelines, and how to get at what they name."""

    _dialects: dict[str, DialectFactory] = field(factory=dict)
    _passes: dict[str, PassFactory] = field(factory=dict)
    _pipelines: dict[str, PipelineSource] | None = None
    _built_in_dialects: dict[str, DialectFactory] | None = None
    _plugins_read: bool = False
    _plugins: list[object] = field(factory=list, init=False)
    broken_plugins: dict[str, str] = field(factory=dict)
    """Entry points that could not be loaded, with the reason."""

    # Registration, for plug-ins and tests.

    def register_pass(self, name: str, factory: PassFactory) -> None:
        """Add a pass; it takes precedence over a built-in one of the same name."""
        self._passes[name] = factory

    def register_dialect(self, name: str, factory: DialectFactory) -> None:
        """Add a dialect; it takes precedence over a built-in one of the same name."""
        self._dialects[name] = factory

    def register_pipeline(self, name: str, source: PipelineSource) -> None:
        """Add a pipeline: its text, or a function that makes the text from the options."""
        self._own_pipelines()[name] = source

    # Passes.

    def find_pass(self, name: str) -> type[ModulePass] | None:
        """
        The class of a pass, or None when there is none of that name.

        Raises:
            InternalError: the file of the pass does not define the class that its name calls for.
        """
        factory = self._passes.get(name)
        if factory is not None:
            return factory()
        found = _find_own_pass(name)
        if found is not None:
            return found
        from xdsl.transforms import get_all_passes

        factory = get_all_passes().get(name)
        if factory is None:
            self.read_plugins()
            factory = self._passes.get(name)
        return None if factory is None else factory()

    def own_pass_names(self) -> list[str]:
        """The flags of the passes of this package, sorted, found by file name without importing any."""
        names = []
        for folder, flag, module in _pass_files():
            source = pkgutil.get_data(f"{PASSES_PACKAGE}.{folder}", f"{module}.py")
            if source is not None and f"class {pass_class_name(flag)}".encode() in source:
                names.append(flag)
        return sorted(names)

    def pass_names(self) -> list[str]:
        """The names of all passes, those of plug-ins included, sorted."""
        from xdsl.transforms import get_all_passes

        self.read_plugins()
        return sorted({*self.own_pass_names(), *get_all_passes(), *self._passes})

    # Dialects.

    def dialect_factories(self) -> dict[str, DialectFactory]:
        """Every dialect that needs no plug-in search, by name; calling a factory imports the dialect."""
        built_in = self._built_in_dialects
        if built_in is None:
            from xdsl.dialects import get_all_dialects

            built_in = dict(get_all_dialects())
            for name, reference in _load_table(DIALECTS_TABLE).items():
                built_in[name] = _dialect_factory(reference)
            self._built_in_dialects = built_in
        return {**built_in, **self._dialects}

    def dialect_names(self) -> list[str]:
        """The names of all dialects, those of plug-ins included, sorted."""
        self.read_plugins()
        return sorted(self.dialect_factories())

    # Pipelines.

    def _own_pipelines(self) -> dict[str, PipelineSource]:
        pipelines = self._pipelines
        if pipelines is None:
            pipelines = self._pipelines = _load_table(PIPELINES_TABLE)
        return pipelines

    def find_pipeline(self, name: str) -> PipelineSource | None:
        """A named pipeline: its text or a function of options that gives it; None when there is none."""
        return self._own_pipelines().get(name)

    def pipeline_names(self) -> list[str]:
        """The names of all pipelines, sorted."""
        self.read_plugins()
        return sorted(self._own_pipelines())

    # Plug-ins.

    def read_plugins(self) -> None:
        """Load the entry points of installed plug-ins, once; a broken one gives a warning and is left out."""
        if self._plugins_read:
            return
        self._plugins_read = True
        from importlib.metadata import entry_points

        for group in ENTRY_POINT_GROUPS:
            for entry in entry_points(group=group):
                if entry.name in _NO_OVERRIDE:
                    continue
                try:
                    self.add_plugin(entry.load(), entry.name)
                except Exception as error:  # A plug-in may fail in any way; that is its problem, not the user's run's.
                    reason = f"{type(error).__name__}: {error}"
                    self.broken_plugins[entry.name] = reason
                    current_engine().warning(
                        None,
                        f"cannot load plug-in `{entry.name}` (`{entry.value}`)",
                        notes=[reason, "its dialects, passes and pipelines are not available"],
                    )

    def add_plugin(self, plugin: object, name: str = "") -> None:
        """
        Add what a plug-in object brings: dictionaries `dialects`, `passes` (name -> factory), `pipelines` (name ->
        text) and `extensions` (extension point of our pipelines -> pipeline text to run there), or the `all_dialects`
        and `all_passes` of an xDSL universe. A name that exists already keeps its meaning, and a warning says so; the
        same plug-in added again changes nothing.

        Raises:
            LumaError: there is no such extension point.
        """
        if any(plugin is known for known in self._plugins):
            return
        extensions = getattr(plugin, "extensions", None) or {}
        points = load_object(EXTENSION_POINTS_TABLE) if extensions else {}
        for point in extensions:
            if point not in points:
                known = ", ".join(f"`{name}`" for name in points)
                raise LumaError(f"there is no extension point `{point}`", notes=[f"there are {known}"])
        self._plugins.append(plugin)
        passes = getattr(plugin, "passes", None) or getattr(plugin, "all_passes", None) or {}
        dialects = getattr(plugin, "dialects", None) or getattr(plugin, "all_dialects", None) or {}
        taken = [
            *(f"dialect `{key}`" for key in _add(dialects, self._dialects, self.dialect_factories())),
            *(f"pass `{key}`" for key in _add(passes, self._passes, self._known_passes() if passes else ())),
        ]
        pipelines = getattr(plugin, "pipelines", None) or {}
        if pipelines:
            own = self._own_pipelines()
            taken += [f"pipeline `{key}`" for key in _add(pipelines, own, own)]
        for point, text in extensions.items():
            points[point].append(text)
        if taken:
            what = f"plug-in `{name}`" if name else "a plug-in"
            message = f"{what} defines names that exist already: {', '.join(taken)}"
            current_engine().warning(None, message, notes=["the definitions that were there first are used"])

    def _known_passes(self) -> set[str]:
        from xdsl.transforms import get_all_passes

        return {*self.own_pass_names(), *get_all_passes(), *self._passes}

    def suggest(self, name: str, *, among: list[str] | None = None) -> str | None:
        """The pass or pipeline name that `name` is most likely a misspelling of."""
        candidates = self.pass_names() + self.pipeline_names() if among is None else among
        matches = get_close_matches(name, candidates, n=1, cutoff=0.6)
        return matches[0] if matches else None


def _add(new: Mapping[str, Any], table: dict[str, Any], known: Container[str]) -> list[str]:
    """Add to a table what is not known yet; the names that are left out."""
    taken = [name for name in new if name in known]
    table.update({name: value for name, value in new.items() if name not in taken})
    return taken


def _pass_files() -> list[tuple[str, str, str]]:
    """Folder, flag and module of every file that may hold a pass."""
    spec = find_spec(PASSES_PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        return []
    found = []
    for folder in pkgutil.iter_modules(list(spec.submodule_search_locations)):
        if not folder.ispkg:
            continue
        paths = [f"{location}/{folder.name}" for location in spec.submodule_search_locations]
        for file in pkgutil.iter_modules(paths):
            if not file.name.startswith("_"):
                found.append((folder.name, _flag_of(folder.name, file.name), file.name))
    return found


def _flag_of(folder: str, module: str) -> str:
    words = module.replace("_", "-")
    return words if folder == "convert" else f"{folder.rstrip('_')}-{words}"


def _find_own_pass(name: str) -> type[ModulePass] | None:
    """Import the one file that may hold a pass of this name."""
    if not name.replace("-", "").isalnum():
        return None
    level, _, rest = name.partition("-")
    places = [("convert", name.replace("-", "_"))]
    if rest:
        places.insert(0, (level, rest.replace("-", "_")))
    for folder, stem in places:
        reference = f"{PASSES_PACKAGE}.{folder}.{stem}"
        try:
            module = import_module(reference)
        except ModuleNotFoundError as error:
            if error.name is not None and (reference == error.name or reference.startswith(f"{error.name}.")):
                continue
            raise
        found = getattr(module, pass_class_name(name), None)
        if found is not None:
            return found
        if any(isinstance(value, type) and getattr(value, "name", None) == name for value in vars(module).values()):
            raise InternalError(f"`{reference}` calls the class of pass `{name}` other than `{pass_class_name(name)}`")
    return None


def _dialect_factory(reference: str) -> DialectFactory:
    def load() -> Dialect:
        return load_object(reference)

    return load


REGISTRY = Registry()
"""The registry that the tools use."""
