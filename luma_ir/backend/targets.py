"""
Which machine code is made for: triples, CPUs, features, and LLVM target machines.

llvmlite is imported when the first target machine is asked for; importing this module costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from luma_ir.ir.diagnostics import LumaError

if TYPE_CHECKING:
    from llvmlite.binding import TargetMachine

# LLVM options that llvmlite has no other way to set. Without the cmov converter, LLVM keeps the branch-free minimum
# and maximum chains of dynamic programming loops, which is more than twice as fast on them and never clearly slower.
_LLVM_OPTIONS = ("-x86-cmov-converter=false",)

_state = {"native": False, "all": False}


@frozen
class Target:
    """
    A machine to make code for.

    Attributes:
        triple: an LLVM triple; empty for this machine's.
        cpu: a CPU name as LLVM knows it; `native` for this machine's, `generic` for any of the architecture.
        features: LLVM features, `+avx2,-fma`, on top of those of the CPU.
    """

    triple: str = ""
    cpu: str = "native"
    features: str = ""


def host_triple() -> str:
    """The triple of this machine."""
    from llvmlite import binding

    return binding.get_default_triple()


def host_cpu() -> str:
    """The name of this machine's CPU, as LLVM knows it."""
    from llvmlite import binding

    return binding.get_host_cpu_name()


def initialize(triple: str = "") -> None:
    """Make LLVM ready for this machine, and for every other one when `triple` is not this machine's."""
    from llvmlite import binding

    if not _state["native"]:
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        binding.initialize_native_asmparser()
        for option in _LLVM_OPTIONS:
            # LLVM takes the first string as the name of the program, and each option once a process.
            binding.set_option("luma", option)
        _state["native"] = True
    if triple and not _state["all"] and triple != host_triple():
        binding.initialize_all_targets()
        binding.initialize_all_asmprinters()
        _state["all"] = True


def target_machine(
    target: Target, opt_level: int, *, relocation: str = "pic", code_model: str = "default", jit: bool = False
) -> TargetMachine:
    """
    The LLVM target machine for a target.

    Args:
        opt_level: 0 to 3, for instruction selection and scheduling.
        relocation: `pic`, `static`, `dynamicnopic` or `default`.
        code_model: `default`, `small`, `medium`, `large` or `kernel`.
    Raises:
        LumaError: LLVM has no such target.
    """
    from llvmlite import binding

    initialize(target.triple)
    triple = target.triple or host_triple()
    try:
        found = binding.Target.from_triple(triple)
    except RuntimeError as error:
        raise LumaError(
            f"no code can be made for the target `{triple}`",
            notes=[str(error).strip()],
            helps=["write a triple such as `x86_64-unknown-linux-gnu` or `aarch64-unknown-linux-gnu`"],
        ) from error
    cpu, features = cpu_and_features(target)
    return found.create_target_machine(
        cpu=cpu, features=features, opt=opt_level, reloc=relocation, codemodel=code_model, jit=jit
    )


def cpu_and_features(target: Target) -> tuple[str, str]:
    """The CPU name and the features to give to LLVM."""
    from llvmlite import binding

    native = target.cpu in ("", "native")
    if native and (not target.triple or target.triple == host_triple()):
        features = binding.get_host_cpu_features().flatten()
        return host_cpu(), ",".join(part for part in (features, target.features) if part)
    cpu = "" if native or target.cpu == "generic" else target.cpu
    if not cpu and (target.triple or host_triple()).startswith("x86_64"):
        cpu = "x86-64"
    return cpu, target.features
