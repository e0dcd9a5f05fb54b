#include "runtime/sandbox/elf_start.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace mabplan::runtime {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint64_t kPageBytes = 0x1000;
constexpr std::uint64_t kFarApart = 0x10000;  // of our code from the program's data

struct Headers {
    Elf64_Ehdr file{};
    std::vector<Elf64_Phdr> programs;
};

std::optional<Headers> read_headers(std::string_view head) {
    Headers out;
    if (head.size() < sizeof out.file) return std::nullopt;
    std::memcpy(&out.file, head.data(), sizeof out.file);
    const Elf64_Ehdr& file = out.file;
    const bool is_ours = std::memcmp(file.e_ident, ELFMAG, SELFMAG) == 0 && file.e_ident[EI_CLASS] == ELFCLASS64 &&
                         file.e_phentsize == sizeof(Elf64_Phdr) && (file.e_type == ET_EXEC || file.e_type == ET_DYN);
    if (!is_ours || file.e_phoff > head.size() || (head.size() - file.e_phoff) / sizeof(Elf64_Phdr) < file.e_phnum) return std::nullopt;
    out.programs.resize(file.e_phnum);
    std::memcpy(out.programs.data(), head.data() + file.e_phoff, file.e_phnum * sizeof(Elf64_Phdr));
    return out;
}

bool has_type(const Elf64_Phdr& header, std::uint32_t type) { return header.p_type == type; }

std::uint64_t rounded_up(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

class CodeWriter {
public:
    void bytes(std::string_view raw) { text_ += raw; }
    // The distance from behind these four bytes.
    void distance_to(std::int64_t place) {
        const auto value = static_cast<std::int32_t>(place - static_cast<std::int64_t>(text_.size()) - 4);
        text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    std::size_t size() const { return text_.size(); }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

// At the start the stack holds argc, argv, a null, the environment, a null (System V ABI for x86_64, 3.4.1). Two words are put below it:
// the pointers to the arguments take the places of argc and argv[0], which move down. rdx, which belongs to the program, is not touched.
std::string code_for(std::int64_t entry, std::string_view first, std::string_view second) {
    constexpr std::int64_t kCodeBytes = 0x65;
    CodeWriter code;
    code.bytes(
        "\x48\x8b\x0c\x24"                      // mov rcx, [rsp]                    argc
        "\x4c\x8d\x44\xcc\x10"                  // lea r8, [rsp + rcx * 8 + 16]      the environment
        "\x49\xb9QEMU_CPU"                      // mov r9, "QEMU_CPU"
        "\x4d\x8b\x10\x49\x83\xc0\x08"          // 13: mov r10, [r8]; add r8, 8
        "\x4d\x85\xd2\x74\x11"                  // test r10, r10; jz 30
        "\x4d\x39\x0a\x75\xef"                  // cmp [r10], r9; jne 13
        "\x41\x80\x7a\x08\x3d\x75\xe8\xe9"sv);  // cmp byte [r10 + 8], '='; jne 13; jmp entry
    code.distance_to(entry);
    code.bytes(
        "\x48\x8b\x44\x24\x08\x48\x83\xec\x10"  // 30: mov rax, [rsp + 8]; sub rsp, 16
        "\x48\x83\xc1\x02\x48\x89\x0c\x24"      // add rcx, 2; mov [rsp], rcx
        "\x48\x89\x44\x24\x08\x48\x8d\x05"sv);  // mov [rsp + 8], rax; lea rax, first
    code.distance_to(kCodeBytes);
    code.bytes("\x48\x89\x44\x24\x10\x48\x8d\x05"sv);  // mov [rsp + 16], rax; lea rax, second
    code.distance_to(kCodeBytes + static_cast<std::int64_t>(first.size()) + 1);
    code.bytes("\x48\x89\x44\x24\x18\x31\xc0\xe9"sv);  // mov [rsp + 24], rax; xor eax, eax; jmp entry
    code.distance_to(entry);
    for (const std::string_view argument : {first, second}) {
        code.bytes(argument);
        code.bytes("\0"sv);
    }
    return code.take();
}

}  // namespace

Linking linking_of(std::string_view head) {
    const auto headers = read_headers(head);
    if (!headers) return Linking::NoProgram;
    const bool interpreted =
        std::any_of(headers->programs.begin(), headers->programs.end(), [](const Elf64_Phdr& each) { return has_type(each, PT_INTERP); });
    return interpreted ? Linking::Dynamic : Linking::Static;
}

std::optional<ElfChange> start_with(std::string_view head, std::uint64_t file_bytes, std::string_view first, std::string_view second) {
    auto headers = read_headers(head);
    if (!headers || headers->file.e_machine != EM_X86_64 || linking_of(head) != Linking::Static) return std::nullopt;
    // Segments to load stand in the order of their addresses, and ours is the last one.
    auto note = headers->programs.end();
    std::uint64_t end = 0;
    for (auto each = headers->programs.begin(); each != headers->programs.end(); ++each) {
        if (has_type(*each, PT_NOTE)) note = each;
        if (!has_type(*each, PT_LOAD)) continue;
        note = headers->programs.end();
        end = std::max(end, each->p_vaddr + each->p_memsz);
    }
    if (note == headers->programs.end() || end == 0) return std::nullopt;
    ElfChange change;
    const std::uint64_t address = rounded_up(end, kFarApart);
    change.tail_offset = rounded_up(file_bytes, kPageBytes);
    change.tail = code_for(static_cast<std::int64_t>(headers->file.e_entry - address), first, second);
    *note = Elf64_Phdr{PT_LOAD, PF_R | PF_X, change.tail_offset, address, address, change.tail.size(), change.tail.size(), kPageBytes};
    headers->file.e_entry = address;
    change.head = std::string(head);
    std::memcpy(change.head.data(), &headers->file, sizeof headers->file);
    std::memcpy(change.head.data() + headers->file.e_phoff, headers->programs.data(), headers->programs.size() * sizeof(Elf64_Phdr));
    return change;
}

}  // namespace mabplan::runtime
