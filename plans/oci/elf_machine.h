// The machines that ELF programs are made for (System V ABI, ELF header), by the names that OCI has for them. The one table of them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mabplan {

enum class ByteOrder : std::uint8_t { Little = 1, Big = 2 };     // as in e_ident[EI_DATA]
enum class WordWidth : std::uint8_t { Bits32 = 1, Bits64 = 2 };  // as in e_ident[EI_CLASS]

struct ElfMachine {
    std::string_view architecture;  // OCI: "arm64"
    WordWidth width = WordWidth::Bits64;
    ByteOrder order = ByteOrder::Little;
    std::uint16_t elf_machine = 0;  // EM_*
};

inline constexpr std::array kElfMachines{
    ElfMachine{"386", WordWidth::Bits32, ByteOrder::Little, 3},      ElfMachine{"amd64", WordWidth::Bits64, ByteOrder::Little, 62},
    ElfMachine{"arm", WordWidth::Bits32, ByteOrder::Little, 40},     ElfMachine{"arm64", WordWidth::Bits64, ByteOrder::Little, 183},
    ElfMachine{"ppc64le", WordWidth::Bits64, ByteOrder::Little, 21}, ElfMachine{"ppc64", WordWidth::Bits64, ByteOrder::Big, 21},
    ElfMachine{"s390x", WordWidth::Bits64, ByteOrder::Big, 22},      ElfMachine{"riscv64", WordWidth::Bits64, ByteOrder::Little, 243},
    ElfMachine{"mips64le", WordWidth::Bits64, ByteOrder::Little, 8}, ElfMachine{"mips64", WordWidth::Bits64, ByteOrder::Big, 8},
    ElfMachine{"mipsle", WordWidth::Bits32, ByteOrder::Little, 8},   ElfMachine{"mips", WordWidth::Bits32, ByteOrder::Big, 8},
    ElfMachine{"loong64", WordWidth::Bits64, ByteOrder::Little, 258}};

// nullptr if there is none.
constexpr const ElfMachine* find_elf_machine(std::string_view architecture) {
    for (const ElfMachine& machine : kElfMachines)
        if (machine.architecture == architecture) return &machine;
    return nullptr;
}

}  // namespace mabplan
