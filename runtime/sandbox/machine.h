// The instruction sets that steps can be run on: what OCI and ELF call them, what QEMU does, and the smallest program for each.
// A table and what follows from it; no system call.
#pragma once

#include "plans/oci/elf_machine.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mabplan::runtime {

struct Machine : ElfMachine {
    std::string_view qemu;        // "aarch64", as in qemu-aarch64-static
    std::uint32_t elf_flags = 0;  // e_flags of a plain program
    std::string_view code;        // machine code of exit(argc - 1)
};

std::span<const Machine> all_machines();
const Machine* find_machine_of_architecture(std::string_view architecture);  // nullptr if there is none
const Machine* find_machine_of_qemu(std::string_view qemu);

// A whole ELF program that exits with argc - 1: the smallest thing that shows that programs of a machine run and get their arguments.
std::string make_tiny_program(const Machine& machine);

// The line that registers `interpreter` for programs of a machine with binfmt_misc (kernel: admin-guide/binfmt-misc.rst), as an entry of
// this name. `flags`: of "P", "O", "C", "F".
std::string binfmt_registration(const Machine& machine, std::string_view entry, std::string_view interpreter, std::string_view flags);

}  // namespace mabplan::runtime
