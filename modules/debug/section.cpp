// A section with gdb's script, which gdb reads from the program. It needs no path, so it serves the build tree and any
// place of installation. The linker takes it only into programs that name the symbol: see seg_add_library.
//
// The section holds strings. This one is the number that stands for text in Python, a name, and the text.

asm(R"(
    .pushsection .debug_gdb_scripts, "MS", @progbits, 1
    .byte 4
    .ascii "seg_gdb\n"
    .ascii "import sys, types\n"
    .ascii "def seg_module(name, text):\n"
    .ascii "    exec(text, sys.modules.setdefault(name, types.ModuleType(name)).__dict__)\n"
    .ascii "seg_module('seg_layout', r'''"
    .incbin ")" SEG_DEBUG_FOLDER R"(/seg_layout.py"
    .ascii "''')\n"
    .ascii "seg_module('seg_gdb', r'''"
    .incbin ")" SEG_DEBUG_FOLDER R"(/seg_gdb.py"
    .ascii "''')\n"
    .ascii "del seg_module\n"
    .byte 0
    .popsection
)");

extern "C" {
extern const char seg_section_for_gdb;
const char seg_section_for_gdb = 0;
}
