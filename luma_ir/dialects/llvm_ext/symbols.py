"""
Symbols of the `llvm` dialect: functions, globals, aliases, comdats, constructor lists.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping, Sequence

from xdsl.dialects.builtin import (
    ArrayAttr,
    DictionaryAttr,
    IntegerAttr,
    StringAttr,
    SymbolNameConstraint,
    SymbolRefAttr,
    UnitAttr,
)
from xdsl.dialects.llvm import (
    LLVM_CALLING_CONVS,
    CallingConventionAttr,
    FramePointerKindAttr,
    LinkageAttr,
    LLVMArrayType,
    LLVMFunctionType,
    LLVMVoidType,
    TargetFeaturesAttr,
)
from xdsl.ir import Attribute, Region, TypedAttribute
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    region_def,
    traits_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsolatedFromAbove, NoTerminator, SymbolOpInterface, SymbolTable
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.llvm_ext.assembly import (
    I32,
    dictionaries,
    i64_attr,
    parse_results,
    print_results,
    print_typed_list,
    split_attributes,
)
from luma_ir.dialects.llvm_ext.attributes import MemoryEffectsAttr, UWTableKindAttr, VScaleRangeAttr
from luma_ir.dialects.llvm_ext.calls import C_CALL

LINKAGES: tuple[str, ...] = (
    *("private", "internal", "available_externally", "linkonce", "weak", "common", "appending", "extern_weak"),
    *("linkonce_odr", "weak_odr", "external"),
)
"""The linkages of a symbol."""

_VISIBILITIES = ("default", "hidden", "protected")
_UNNAMED_ADDR = ("", "local_unnamed_addr", "unnamed_addr")
_COMDATS = ("any", "exactmatch", "largest", "nodeduplicate", "samesize")
_EXTERNAL = LinkageAttr("external")


def _parse_prefix(parser: Parser) -> dict[str, Attribute]:
    """Read `[linkage] [visibility]`."""
    linkage = parser.parse_optional_keyword_in(LINKAGES) or "external"
    visibility = parser.parse_optional_keyword_in(_VISIBILITIES) or "default"
    return {"linkage": LinkageAttr(linkage), "visibility_": i64_attr(_VISIBILITIES.index(visibility))}


def _parse_unnamed_addr(parser: Parser) -> IntegerAttr:
    word = parser.parse_optional_keyword_in(_UNNAMED_ADDR[1:]) or ""
    return i64_attr(_UNNAMED_ADDR.index(word))


def _word(words: Sequence[str], value: IntegerAttr | None) -> str:
    """The word for an enumeration, with a blank before it, nothing for its default."""
    return f" {words[value.value.data]}" if value is not None and value.value.data else ""


def _parse_comdat(parser: Parser, properties: dict[str, Attribute]) -> None:
    if parser.parse_optional_keyword("comdat") is not None:
        with parser.in_parens():
            properties["comdat"] = parser.parse_attribute()


def _print_comdat(printer: Printer, comdat: Attribute | None) -> None:
    if comdat is not None:
        printer.print_string(" comdat(")
        printer.print_attribute(comdat)
        printer.print_string(")")


_FUNC_ELIDED = (
    *("sym_name", "function_type", "arg_attrs", "res_attrs", "linkage", "CConv", "visibility_", "unnamed_addr"),
    *("vscale_range", "comdat"),
)


@irdl_op_definition
class FuncOp(IRDLOperation):
    """
    A function: its body, or none for a declaration.

        llvm.func internal fastcc @f(%a: !llvm.ptr {llvm.noalias}) -> i64 attributes {no_unwind} { ... }
    """

    name = "llvm.func"
    sym_name = prop_def(SymbolNameConstraint())
    sym_visibility = opt_prop_def(StringAttr)
    function_type = prop_def(LLVMFunctionType)
    linkage = prop_def(LinkageAttr, default_value=_EXTERNAL)
    dso_local = opt_prop_def(UnitAttr)
    CConv = prop_def(CallingConventionAttr, default_value=C_CALL)
    comdat = opt_prop_def(SymbolRefAttr)
    visibility_ = prop_def(IntegerAttr, default_value=i64_attr(0))
    unnamed_addr = opt_prop_def(IntegerAttr)
    arg_attrs = opt_prop_def(ArrayAttr[DictionaryAttr])
    res_attrs = opt_prop_def(ArrayAttr[DictionaryAttr])
    alignment = opt_prop_def(IntegerAttr)
    section = opt_prop_def(StringAttr)
    personality = opt_prop_def(SymbolRefAttr)
    garbageCollector = opt_prop_def(StringAttr)
    passthrough = opt_prop_def(ArrayAttr)
    function_entry_count = opt_prop_def(IntegerAttr)
    memory_effects = opt_prop_def(MemoryEffectsAttr)
    frame_pointer = opt_prop_def(FramePointerKindAttr)
    target_cpu = opt_prop_def(StringAttr)
    tune_cpu = opt_prop_def(StringAttr)
    target_features = opt_prop_def(TargetFeaturesAttr)
    uwtable_kind = opt_prop_def(UWTableKindAttr)
    vscale_range = opt_prop_def(VScaleRangeAttr)
    always_inline = opt_prop_def(UnitAttr)
    inline_hint = opt_prop_def(UnitAttr)
    no_inline = opt_prop_def(UnitAttr)
    no_unwind = opt_prop_def(UnitAttr)
    will_return = opt_prop_def(UnitAttr)
    optimize_none = opt_prop_def(UnitAttr)
    convergent = opt_prop_def(UnitAttr)
    denormal_fp_math = opt_prop_def(StringAttr)
    fp_contract = opt_prop_def(StringAttr)
    body = region_def()
    traits = traits_def(SymbolOpInterface(), IsolatedFromAbove())

    def __init__(
        self,
        name: str,
        function_type: LLVMFunctionType,
        *,
        linkage: LinkageAttr = _EXTERNAL,
        convention: CallingConventionAttr = C_CALL,
        body: Region | None = None,
        properties: Mapping[str, Attribute] | None = None,
    ) -> None:
        super().__init__(
            properties={
                "sym_name": StringAttr(name),
                "function_type": function_type,
                "linkage": linkage,
                "CConv": convention,
                **(properties or {}),
            },
            regions=[Region() if body is None else body],
        )

    @classmethod
    def parse(cls, parser: Parser) -> FuncOp:
        """Read `[linkage] [visibility] [unnamed_addr] [convention] @name(arguments) -> type attributes body`."""
        properties = _parse_prefix(parser)
        properties["unnamed_addr"] = _parse_unnamed_addr(parser)
        convention = parser.parse_optional_keyword_in(LLVM_CALLING_CONVS) or "ccc"
        properties["CConv"] = CallingConventionAttr(convention)
        properties["sym_name"] = parser.parse_symbol_name()
        arguments: list[Parser.Argument] = []
        types: list[Attribute] = []
        entries: list[dict[str, Attribute]] = []
        variadic = False

        def argument() -> None:
            nonlocal variadic
            if parser.parse_optional_punctuation("...") is not None:
                variadic = True
                return
            named = parser.parse_optional_argument()
            if named is not None:
                arguments.append(named)
            types.append(parser.parse_type() if named is None else named.type)
            entries.append(parser.parse_optional_dictionary_attr_dict())
            location = parser.parse_optional_location()
            if named is not None and location is not None:
                named.location = location

        parser.parse_comma_separated_list(parser.Delimiter.PAREN, argument)
        if arguments and len(arguments) != len(types):
            parser.raise_error("expected all arguments to be named or none")
        results: list[Attribute] = []
        if parser.parse_optional_punctuation("->") is not None:
            results, result_attributes = parse_results(parser)
            if result_attributes is not None:
                properties["res_attrs"] = result_attributes
        if len(results) > 1:
            parser.raise_error("`llvm.func` has at most one result")
        argument_attributes = dictionaries(entries)
        if argument_attributes is not None:
            properties["arg_attrs"] = argument_attributes
        properties["function_type"] = LLVMFunctionType(types, results[0] if results else None, variadic)
        if parser.parse_optional_keyword("vscale_range") is not None:
            with parser.in_parens():
                lower = parser.parse_integer()
                parser.parse_punctuation(",")
                upper = parser.parse_integer()
            properties["vscale_range"] = VScaleRangeAttr(IntegerAttr(lower, I32), IntegerAttr(upper, I32))
        _parse_comdat(parser, properties)
        extra = parser.parse_optional_attr_dict_with_keyword(_FUNC_ELIDED)
        more, attributes = split_attributes(cls, {} if extra is None else extra.data)
        body = parser.parse_optional_region(arguments) or Region()
        return cls.create(properties={**properties, **more}, attributes=attributes, regions=[body])

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        if self.linkage != _EXTERNAL:
            printer.print_string(f" {self.linkage.linkage.data}")
        printer.print_string(_word(_VISIBILITIES, self.visibility_))
        printer.print_string(_word(_UNNAMED_ADDR, self.unnamed_addr))
        if self.CConv.convention.data != "ccc":
            printer.print_string(f" {self.CConv.convention.data}")
        printer.print_string(" ")
        printer.print_symbol_name(self.sym_name.data)
        inputs, variadic = self.function_type.inputs.data, "..." if self.function_type.is_variadic else ""
        if not self.body.blocks:
            print_typed_list(printer, inputs, self.arg_attrs, tail=variadic)
        else:
            with printer.in_parens():
                for index, argument in enumerate(self.body.blocks[0].args):
                    printer.print_string(", " if index else "")
                    printer.print_block_argument(argument)
                    if self.arg_attrs is not None and index < len(self.arg_attrs):
                        printer.print_op_attributes(self.arg_attrs.data[index].data)
                if variadic:
                    printer.print_string(f", {variadic}" if inputs else variadic)
        output = self.function_type.output
        if not isinstance(output, LLVMVoidType):
            printer.print_string(" -> ")
            print_results(printer, [output], self.res_attrs)
        if self.vscale_range is not None:
            low, high = self.vscale_range.minRange.value.data, self.vscale_range.maxRange.value.data
            printer.print_string(f" vscale_range({low}, {high})")
        _print_comdat(printer, self.comdat)
        printer.print_op_attributes(
            {**self.properties, **self.attributes}, reserved_attr_names=_FUNC_ELIDED, print_keyword=True
        )
        if self.body.blocks:
            printer.print_string(" ", indent=0)
            printer.print_region(self.body, False, False)

    def verify_(self) -> None:
        inputs = self.function_type.inputs.data
        if self.body.blocks:
            arguments = self.body.blocks[0].arg_types
            if list(arguments) != list(inputs):
                raise VerifyException(f"the entry block of `{self.sym_name.data}` does not take its parameters")
        elif self.linkage.linkage.data not in ("external", "extern_weak"):
            raise VerifyException(f"the declaration `{self.sym_name.data}` must have external or extern_weak linkage")
        if self.arg_attrs is not None and len(self.arg_attrs) != len(inputs):
            raise VerifyException(f"{len(self.arg_attrs)} argument attributes for {len(inputs)} parameters")


_GLOBAL_ELIDED = (
    *("sym_name", "global_type", "linkage", "visibility_", "constant", "thread_local_", "unnamed_addr", "value"),
    "comdat",
)


@irdl_op_definition
class GlobalOp(IRDLOperation):
    """
    A global variable or constant, with a value or a region that computes its initializer.

        llvm.mlir.global internal unnamed_addr constant @s("hi") {addr_space = 0 : i32} : !llvm.array<2 x i8>
    """

    name = "llvm.mlir.global"
    global_type = prop_def()
    constant = opt_prop_def(UnitAttr)
    sym_name = prop_def(SymbolNameConstraint())
    linkage = prop_def(LinkageAttr, default_value=_EXTERNAL)
    dso_local = opt_prop_def(UnitAttr)
    thread_local_ = opt_prop_def(UnitAttr)
    externally_initialized = opt_prop_def(UnitAttr)
    value = opt_prop_def()
    alignment = opt_prop_def(IntegerAttr)
    addr_space = prop_def(IntegerAttr, default_value=IntegerAttr(0, I32))
    unnamed_addr = opt_prop_def(IntegerAttr)
    section = opt_prop_def(StringAttr)
    comdat = opt_prop_def(SymbolRefAttr)
    visibility_ = prop_def(IntegerAttr, default_value=i64_attr(0))
    initializer = region_def()
    traits = traits_def(SymbolOpInterface(), IsolatedFromAbove())

    def __init__(
        self,
        name: str,
        global_type: Attribute,
        *,
        value: Attribute | None = None,
        linkage: LinkageAttr = _EXTERNAL,
        constant: bool = False,
        unnamed_addr: int = 0,
        alignment: int | None = None,
        initializer: Region | None = None,
        properties: Mapping[str, Attribute] | None = None,
    ) -> None:
        own: dict[str, Attribute] = {
            "global_type": global_type,
            "sym_name": StringAttr(name),
            "linkage": linkage,
            "unnamed_addr": i64_attr(unnamed_addr),
            **(properties or {}),
        }
        if constant:
            own["constant"] = UnitAttr()
        if value is not None:
            own["value"] = value
        if alignment is not None:
            own["alignment"] = i64_attr(alignment)
        super().__init__(properties=own, regions=[Region() if initializer is None else initializer])

    @classmethod
    def parse(cls, parser: Parser) -> GlobalOp:
        """Read `[linkage] [visibility] [flags] @name(value) {attributes} : type {initializer}`."""
        properties = _parse_prefix(parser)
        if parser.parse_optional_keyword("thread_local") is not None:
            properties["thread_local_"] = UnitAttr()
        properties["unnamed_addr"] = _parse_unnamed_addr(parser)
        if parser.parse_optional_keyword("constant") is not None:
            properties["constant"] = UnitAttr()
        properties["sym_name"] = parser.parse_symbol_name()
        value = None
        parser.parse_punctuation("(")
        if parser.parse_optional_punctuation(")") is None:
            value = properties["value"] = parser.parse_attribute()
            parser.parse_punctuation(")")
        _parse_comdat(parser, properties)
        more, attributes = split_attributes(cls, parser.parse_optional_attr_dict())
        if parser.parse_optional_punctuation(":") is not None:
            properties["global_type"] = parser.parse_type()
        elif isinstance(value, StringAttr):
            properties["global_type"] = LLVMArrayType(len(value.data.encode()), IntegerAttr(0, 8).type)
        elif isinstance(value, TypedAttribute):
            properties["global_type"] = value.get_type()
        else:
            parser.raise_error("expected `:` and the type of the global")
        region = parser.parse_optional_region() or Region()
        return cls.create(properties={**properties, **more}, attributes=attributes, regions=[region])

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(f" {self.linkage.linkage.data}")
        printer.print_string(_word(_VISIBILITIES, self.visibility_))
        printer.print_string(" thread_local" if self.thread_local_ is not None else "")
        printer.print_string(_word(_UNNAMED_ADDR, self.unnamed_addr))
        printer.print_string(" constant " if self.constant is not None else " ")
        printer.print_symbol_name(self.sym_name.data)
        with printer.in_parens():
            if self.value is not None:
                printer.print_attribute(self.value)
        _print_comdat(printer, self.comdat)
        printer.print_op_attributes({**self.properties, **self.attributes}, reserved_attr_names=_GLOBAL_ELIDED)
        printer.print_string(" : ")
        printer.print_attribute(self.global_type)
        if self.initializer.blocks:
            printer.print_string(" ")
            printer.print_region(self.initializer)

    def verify_(self) -> None:
        if self.value is not None and self.initializer.blocks:
            raise VerifyException(f"`{self.sym_name.data}` has both a value and an initializer region")
        if self.alignment is not None and self.alignment.value.data.bit_count() != 1:
            raise VerifyException(f"alignment {self.alignment.value.data} is not a power of two")


@irdl_op_definition
class AliasOp(IRDLOperation):
    """
    Another name for a global or function, computed by its region.

        llvm.mlir.alias external @u : i32 { ... }
    """

    name = "llvm.mlir.alias"
    alias_type = prop_def()
    sym_name = prop_def(SymbolNameConstraint())
    linkage = prop_def(LinkageAttr, default_value=_EXTERNAL)
    dso_local = opt_prop_def(UnitAttr)
    thread_local_ = opt_prop_def(UnitAttr)
    unnamed_addr = opt_prop_def(IntegerAttr)
    visibility_ = prop_def(IntegerAttr, default_value=i64_attr(0))
    initializer = region_def()
    traits = traits_def(SymbolOpInterface(), IsolatedFromAbove())

    @classmethod
    def parse(cls, parser: Parser) -> AliasOp:
        """Read `[linkage] [visibility] [flags] @name {attributes} : type {region}`."""
        properties = _parse_prefix(parser)
        if parser.parse_optional_keyword("thread_local") is not None:
            properties["thread_local_"] = UnitAttr()
        properties["unnamed_addr"] = _parse_unnamed_addr(parser)
        properties["sym_name"] = parser.parse_symbol_name()
        more, attributes = split_attributes(cls, parser.parse_optional_attr_dict())
        parser.parse_punctuation(":")
        properties["alias_type"] = parser.parse_type()
        return cls.create(properties={**properties, **more}, attributes=attributes, regions=[parser.parse_region()])

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(f" {self.linkage.linkage.data}")
        printer.print_string(_word(_VISIBILITIES, self.visibility_))
        printer.print_string(" thread_local" if self.thread_local_ is not None else "")
        printer.print_string(f"{_word(_UNNAMED_ADDR, self.unnamed_addr)} ")
        printer.print_symbol_name(self.sym_name.data)
        elided = ("sym_name", "alias_type", "linkage", "visibility_", "thread_local_", "unnamed_addr")
        printer.print_op_attributes({**self.properties, **self.attributes}, reserved_attr_names=elided)
        printer.print_string(" : ")
        printer.print_attribute(self.alias_type)
        printer.print_string(" ")
        printer.print_region(self.initializer)


class _StructorsOp(IRDLOperation, ABC):
    """Functions that run before or after `main`, by priority."""

    priorities = prop_def(ArrayAttr)
    data = prop_def(ArrayAttr)


@irdl_op_definition
class GlobalCtorsOp(_StructorsOp):
    """
    Functions that run before `main`.

        llvm.mlir.global_ctors ctors = [@init], priorities = [0 : i32], data = [#llvm.zero]
    """

    name = "llvm.mlir.global_ctors"
    ctors = prop_def(ArrayAttr)
    assembly_format = "`ctors` `=` $ctors `,` `priorities` `=` $priorities `,` `data` `=` $data attr-dict"


@irdl_op_definition
class GlobalDtorsOp(_StructorsOp):
    """
    Functions that run after `main`.

        llvm.mlir.global_dtors dtors = [@done], priorities = [0 : i32], data = [#llvm.zero]
    """

    name = "llvm.mlir.global_dtors"
    dtors = prop_def(ArrayAttr)
    assembly_format = "`dtors` `=` $dtors `,` `priorities` `=` $priorities `,` `data` `=` $data attr-dict"


@irdl_op_definition
class ComdatOp(IRDLOperation):
    """
    A table of comdats.

        llvm.comdat @table { llvm.comdat_selector @name any }
    """

    name = "llvm.comdat"
    sym_name = prop_def(SymbolNameConstraint())
    body = region_def()
    traits = traits_def(SymbolOpInterface(), SymbolTable(), NoTerminator(), IsolatedFromAbove())
    assembly_format = "$sym_name $body attr-dict"


@irdl_op_definition
class ComdatSelectorOp(IRDLOperation):
    """
    How the linker picks one of several definitions.

        llvm.comdat_selector @name any
    """

    name = "llvm.comdat_selector"
    sym_name = prop_def(SymbolNameConstraint())
    comdat = prop_def(IntegerAttr)
    traits = traits_def(SymbolOpInterface())

    @classmethod
    def parse(cls, parser: Parser) -> ComdatSelectorOp:
        """Read `@name kind`."""
        symbol = parser.parse_symbol_name()
        kind = parser.parse_optional_keyword_in(_COMDATS)
        if kind is None:
            parser.raise_error(f"expected one of {', '.join(_COMDATS)}")
        properties: dict[str, Attribute] = {"sym_name": symbol, "comdat": i64_attr(_COMDATS.index(kind))}
        return cls.create(properties=properties, attributes=parser.parse_optional_attr_dict())

    def print(self, printer: Printer) -> None:
        """Print `@name kind`."""
        printer.print_string(" ")
        printer.print_symbol_name(self.sym_name.data)
        printer.print_string(f" {_COMDATS[self.comdat.value.data]}")
        printer.print_op_attributes(self.attributes)


SYMBOL_OPS = (AliasOp, ComdatOp, ComdatSelectorOp, FuncOp, GlobalCtorsOp, GlobalDtorsOp, GlobalOp)
"""The ops of this module."""

__all__ = [op.__name__ for op in SYMBOL_OPS] + ["LINKAGES"]
