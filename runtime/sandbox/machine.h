// The instruction sets that steps can be run on: their names in OCI and in QEMU, and how their programs look (System V ABI, ELF header).
// A table and what follows from it; no system call.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mabplan::runtime {

enum class ByteOrder : std::uint8_t { Little = 1, Big = 2 };     // as in e_ident[EI_DATA]
enum class WordWidth : std::uint8_t { Bits32 = 1, Bits64 = 2 };  // as in e_ident[EI_CLASS]

struct Machine {
    std::string_view architecture;  // OCI: "arm64"
    std::string_view qemu;          // "aarch64", as in qemu-aarch64-static
    WordWidth width;
    ByteOrder order;
    std::uint16_t elf_machine;  // EM_*
    std::uint32_t elf_flags;    // e_flags of a plain program
    std::string_view code;      // machine code of exit(argc - 1)
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
