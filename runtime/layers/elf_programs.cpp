#include "runtime/layers/elf_programs.h"

#include "plans/oci/elf_machine.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kHeaderBytes = 20;

}  // namespace

std::optional<std::string> elf_architecture(std::string_view first_bytes) {
    if (first_bytes.size() < kHeaderBytes || !first_bytes.starts_with("\x7f"
                                                                      "ELF"))
        return std::nullopt;
    const auto at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(first_bytes[i])); };
    const ByteOrder order = at(5) == 2 ? ByteOrder::Big : ByteOrder::Little;
    const WordWidth width = at(4) == 2 ? WordWidth::Bits64 : WordWidth::Bits32;
    const unsigned number = order == ByteOrder::Big ? at(18) << 8U | at(19) : at(19) << 8U | at(18);
    for (const ElfMachine& machine : kElfMachines)
        if (machine.elf_machine == number && machine.order == order && machine.width == width) return std::string(machine.architecture);
    return std::nullopt;
}

void Programs::see(std::string_view path, std::string_view first_bytes) {
    const auto architecture = elf_architecture(first_bytes);
    if (!architecture) return;
    const auto same = [&](const ProgramFound& program) { return program.architecture == *architecture; };
    if (std::none_of(found_.begin(), found_.end(), same)) found_.push_back({*architecture, "/" + std::string(path)});
}

Result<std::vector<ProgramFound>> find_programs(ByteSource& tar, const TarLimits& limits) {
    Programs programs;
    TarReader reader(tar, limits);
    for (;;) {
        MABPLAN_TRY(entry, reader.next());
        if (!entry) return programs.found();
        if (entry->entry.type != FileType::File || entry->is_hardlink || entry->entry.size < kHeaderBytes) continue;
        MABPLAN_TRY(block, reader.read());
        if (block && block->offset == 0) programs.see(entry->path, block->bytes);
    }
}

bool runs_on(const std::string& architecture, const Platform& platform) {
    if (architecture == platform.architecture) return true;
    return (architecture == "386" && platform.architecture == "amd64") || (architecture == "arm" && platform.architecture == "arm64");
}

}  // namespace mabplan::runtime
