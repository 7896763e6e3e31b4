"""
From LLVM IR text to optimised machine code, through llvmlite.

LLVM parses and verifies the text, its new pass manager optimises it (loop and SLP vectorisers on from level 2), and a
target machine writes an object, assembly or LLVM IR.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from luma_ir.backend.targets import Target, initialize, target_machine
from luma_ir.ir.diagnostics import InternalError

if TYPE_CHECKING:
    from llvmlite.binding import ModuleRef, TargetMachine

Emit = Literal["obj", "asm", "llvm-ir", "llvm-bc"]

_SMALL_BODY = 20
"""The cost up to which LLVM inlines at level 1, in its units: about five for an instruction. Its own choice is 225."""


@frozen
class CodegenOptions:
    """
    How code is generated.

    Attributes:
        opt_level: 0 to 3.
        cpu: a CPU name; `native` for this machine's.
        features: LLVM features on top of those of the CPU.
        triple: an LLVM triple; empty for this machine's.
        emit: `obj` and `llvm-bc` give bytes, `asm` and `llvm-ir` text.
        relocation: the relocation model.
        code_model: the code model.
        size_level: 0 for speed, 1 for small code, 2 for the smallest.
    """

    opt_level: int = 2
    cpu: str = "native"
    features: str = ""
    triple: str = ""
    emit: Emit = "obj"
    relocation: str = "pic"
    code_model: str = "default"
    size_level: int = 0
    verify: bool = True

    @property
    def target(self) -> Target:
        """The machine that code is for."""
        return Target(self.triple, self.cpu, self.features)


class CodeGenerator:
    """The steps from text to code, one method each, for a driver that times them."""

    def __init__(self, options: CodegenOptions, *, jit: bool = False) -> None:
        self.options = options
        self._jit = jit
        self._machine: TargetMachine | None = None

    @property
    def machine(self) -> TargetMachine:
        """The target machine, made when first asked for."""
        if self._machine is None:
            options = self.options
            self._machine = target_machine(
                options.target,
                options.opt_level,
                relocation=options.relocation,
                code_model=options.code_model,
                jit=self._jit,
            )
        return self._machine

    def parse(self, text: str) -> ModuleRef:
        """
        Parse and verify LLVM IR.

        Raises:
            InternalError: LLVM refuses the text, which is never the user's fault.
        """
        from llvmlite import binding

        initialize(self.options.triple)
        try:
            module = binding.parse_assembly(text)
            if self.options.verify:
                module.verify()
        except RuntimeError as error:
            raise InternalError("LLVM refuses the generated code", notes=str(error).strip().splitlines()) from error
        machine = self.machine
        module.triple = machine.triple
        module.data_layout = str(machine.target_data)
        return module

    def optimize(self, module: ModuleRef) -> None:
        """Run LLVM's default pipeline of the chosen level."""
        from llvmlite import binding

        level = self.options.opt_level
        tuning = binding.create_pipeline_tuning_options(speed_level=level)
        tuning.loop_vectorization = tuning.slp_vectorization = tuning.loop_interleaving = level >= 2
        tuning.loop_unrolling = level >= 1
        if level == 1:
            # What is worth it is inlined already; this leaves what takes no more room than its call.
            tuning.inlining_threshold = _SMALL_BODY
        builder = binding.create_pass_builder(self.machine, tuning)
        passes = builder.getModulePassManager()
        passes.run(module, builder)

    def emit(self, module: ModuleRef) -> bytes | str:
        """Write the module in the chosen form."""
        kind = self.options.emit
        if kind == "llvm-ir":
            return str(module)
        if kind == "llvm-bc":
            return module.as_bitcode()
        if kind == "asm":
            return self.machine.emit_assembly(module)
        return self.machine.emit_object(module)


def optimize_and_emit(
    ir_text: str, options: CodegenOptions | None = None, *, on_stage: Callable[[str], None] | None = None
) -> bytes | str:
    """
    Optimise LLVM IR and write it as machine code or text.

    Args:
        on_stage: called with `llvm-parse`, `llvm-optimize`, `llvm-emit` as each stage ends, for timing.
    Returns:
        Bytes for `obj` and `llvm-bc`, text for `asm` and `llvm-ir`.
    Raises:
        InternalError: LLVM refuses the text.
        LumaError: there is no such target.
    """
    generator = CodeGenerator(CodegenOptions() if options is None else options)
    done = on_stage if on_stage is not None else _ignore
    module = generator.parse(ir_text)
    done("llvm-parse")
    generator.optimize(module)
    done("llvm-optimize")
    result = generator.emit(module)
    done("llvm-emit")
    return result


def _ignore(stage: str) -> None:
    """No one is timing."""
