#include "runtime/sandbox/machine.h"

#include "plans/base/format.h"

#include <array>

namespace mabplan::runtime {

namespace {

using std::string_view_literals::operator""sv;

// Assembled with llvm-mc from: load the first word on the stack (argc), subtract one, exit.
constexpr std::array kMachines{
    Machine{*find_elf_machine("amd64"), "x86_64", 0, "\x8b\x3c\x24\xff\xcf\xb8\x3c\x00\x00\x00\x0f\x05"sv},
    Machine{*find_elf_machine("386"), "i386", 0, "\x8b\x1c\x24\x4b\xb8\x01\x00\x00\x00\xcd\x80"sv},
    Machine{*find_elf_machine("arm64"), "aarch64", 0, "\xe0\x03\x40\xf9\x00\x04\x00\xd1\xa8\x0b\x80\xd2\x01\x00\x00\xd4"sv},
    Machine{*find_elf_machine("arm"), "arm", 0x05000000, "\x00\x00\x9d\xe5\x01\x00\x40\xe2\x01\x70\xa0\xe3\x00\x00\x00\xef"sv},
    Machine{*find_elf_machine("ppc64le"), "ppc64le", 2, "\x00\x00\x61\xe8\xff\xff\x63\x38\x01\x00\x00\x38\x02\x00\x00\x44"sv},
    Machine{*find_elf_machine("s390x"), "s390x", 0, "\xe3\x20\xf0\x00\x00\x04\xa7\x2b\xff\xff\x0a\x01"sv},
    Machine{*find_elf_machine("riscv64"), "riscv64", 0, "\x03\x35\x01\x00\x13\x05\xf5\xff\x93\x08\xd0\x05\x73\x00\x00\x00"sv},
    Machine{*find_elf_machine("mips64le"), "mips64el", 0x80000004, "\x00\x00\xa4\xdf\xff\xff\x84\x64\xc2\x13\x02\x24\x0c\x00\x00\x00"sv},
};

// Appends numbers in the machine's byte order.
class ElfWriter {
public:
    explicit ElfWriter(const Machine& machine) : machine_(machine) {}
    void number(std::uint64_t value, unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i) {
            const unsigned shift = 8 * (machine_.order == ByteOrder::Little ? i : bytes - 1 - i);
            text_ += static_cast<char>((value >> shift) & 0xffU);
        }
    }
    void word(std::uint64_t value) { number(value, machine_.width == WordWidth::Bits64 ? 8 : 4); }
    void bytes(std::string_view raw) { text_ += raw; }
    std::string take() { return std::move(text_); }

private:
    const Machine& machine_;
    std::string text_;
};

constexpr std::uint64_t kLoadAddress = 0x400000;
constexpr std::uint64_t kPageBytes = 0x10000;  // the largest page of any of them
constexpr std::uint64_t kTypeExecutable = 2;

std::string identification(const Machine& machine) {
    std::string ident =
        "\x7f"
        "ELF";
    ident += static_cast<char>(machine.width);
    ident += static_cast<char>(machine.order);
    ident += '\x01';
    ident.resize(16, '\0');
    return ident;
}

void write_program_header(ElfWriter& elf, const Machine& machine, std::uint64_t file_bytes) {
    constexpr std::uint64_t kLoad = 1;
    constexpr std::uint64_t kReadExecute = 5;
    elf.number(kLoad, 4);
    if (machine.width == WordWidth::Bits64) elf.number(kReadExecute, 4);
    elf.word(0);
    elf.word(kLoadAddress);
    elf.word(kLoadAddress);
    elf.word(file_bytes);
    elf.word(file_bytes);
    if (machine.width == WordWidth::Bits32) elf.number(kReadExecute, 4);
    elf.word(kPageBytes);
}

std::string escaped(std::string_view raw) {
    std::string text;
    for (const char c : raw) text += format("\\x{:02x}", static_cast<unsigned char>(c));
    return text;
}

}  // namespace

std::span<const Machine> all_machines() { return kMachines; }

const Machine* find_machine_of_architecture(std::string_view architecture) {
    for (const Machine& machine : kMachines)
        if (machine.architecture == architecture) return &machine;
    return nullptr;
}

const Machine* find_machine_of_qemu(std::string_view qemu) {
    for (const Machine& machine : kMachines)
        if (machine.qemu == qemu) return &machine;
    return nullptr;
}

std::string make_tiny_program(const Machine& machine) {
    const bool wide = machine.width == WordWidth::Bits64;
    const std::uint64_t header_bytes = wide ? 64 : 52;
    const std::uint64_t program_header_bytes = wide ? 56 : 32;
    const std::uint64_t code_offset = header_bytes + program_header_bytes;
    ElfWriter elf(machine);
    elf.bytes(identification(machine));
    elf.number(kTypeExecutable, 2);
    elf.number(machine.elf_machine, 2);
    elf.number(1, 4);  // version
    elf.word(kLoadAddress + code_offset);
    elf.word(header_bytes);  // the program header follows at once
    elf.word(0);             // no sections
    elf.number(machine.elf_flags, 4);
    elf.number(header_bytes, 2);
    elf.number(program_header_bytes, 2);
    elf.number(1, 2);
    for (int i = 0; i < 3; ++i) elf.number(0, 2);
    write_program_header(elf, machine, code_offset + machine.code.size());
    elf.bytes(machine.code);
    return elf.take();
}

std::string binfmt_registration(const Machine& machine, std::string_view entry, std::string_view interpreter, std::string_view flags) {
    ElfWriter magic(machine);
    magic.bytes(identification(machine));
    magic.number(kTypeExecutable, 2);
    magic.number(machine.elf_machine, 2);
    ElfWriter mask(machine);
    mask.bytes("\xff\xff\xff\xff\xff\xff\xff");
    mask.number(0, 2);  // whatever OS ABI and ABI version: both vary between linkers
    mask.bytes("\xff\xff\xff\xff\xff\xff\xff");
    mask.number(0xfffe, 2);  // ET_EXEC or ET_DYN
    mask.number(0xffff, 2);
    return format(":{}:M:0:{}:{}:{}:{}", entry, escaped(magic.take()), escaped(mask.take()), interpreter, flags);
}

}  // namespace mabplan::runtime
