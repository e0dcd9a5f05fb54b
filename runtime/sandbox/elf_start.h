// An ELF program made to start itself with two more arguments in front of its own: how an emulator that the kernel starts gets options,
// with no other program in between. Pure: bytes in, bytes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

inline constexpr std::size_t kElfHeadBytes = 4096;  // of a program are enough for what is asked here

// What to write over a copy of the program.
struct ElfChange {
    std::string head;  // at the beginning
    std::uint64_t tail_offset = 0;
    std::string tail;
};

enum class Linking { Static, Dynamic, NoProgram };

// From the first kElfHeadBytes of a file (System V ABI, chapters 4 and 5). Dynamic: it names an interpreter, so it needs files beside it.
Linking linking_of(std::string_view head);

// The program starts as if `first` and `second` stood before its arguments, unless the variable QEMU_CPU is set, which says the same.
// A header of a note, which nobody reads at run time, becomes that of the code that puts them there; all else stays. Nothing where that
// can't be: for programs that are linked dynamically, have no such header, or are not made for x86_64.
std::optional<ElfChange> start_with(std::string_view head, std::uint64_t file_bytes, std::string_view first, std::string_view second);

}  // namespace mabplan::runtime
