#include "runtime/sandbox/emulator_choice.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/elf_start.h"
#include "runtime/sandbox/try_program.h"
#include "runtime/sys/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace mabplan::runtime {

namespace {

Linking linking_of_file(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string head(kElfHeadBytes, '\0');
    const ssize_t count = file.valid() ? ::pread(file.get(), head.data(), head.size(), 0) : 0;
    return linking_of(std::string_view(head).substr(0, count > 0 ? static_cast<std::size_t>(count) : 0));
}

}  // namespace

std::array<unsigned, 3> parse_qemu_version(std::string_view first_line) {
    constexpr std::string_view kWord = " version ";
    std::array<unsigned, 3> version{};
    const std::size_t word = first_line.find(kWord);
    if (word == std::string_view::npos) return version;
    const char* at = first_line.data() + word + kWord.size();
    const char* const end = first_line.data() + first_line.size();
    for (unsigned& part : version) {
        const auto [next, error] = std::from_chars(at, end, part);
        if (error != std::errc() || next == end || *next != '.') break;
        at = next + 1;
    }
    return version;
}

InstalledEmulators find_emulators(const Machine& machine, std::span<const std::string> folders) {
    InstalledEmulators found;
    std::set<std::pair<dev_t, ino_t>> seen;
    for (const std::string& folder : folders)
        for (const std::string_view suffix : {"-static", ""}) {
            std::string path = format("{}/qemu-{}{}", folder, machine.qemu, suffix);
            struct stat facts {};
            if (path.front() != '/' || ::access(path.c_str(), X_OK) != 0 || ::stat(path.c_str(), &facts) != 0) continue;
            if (!seen.emplace(facts.st_dev, facts.st_ino).second) continue;
            (linking_of_file(path) == Linking::Dynamic ? found.dynamic : found.usable).push_back(std::move(path));
        }
    return found;
}

std::string choose_emulator(const std::vector<std::string>& usable) {
    if (usable.size() == 1) return usable.front();
    std::vector<std::array<unsigned, 3>> versions;
    for (const std::string& path : usable) versions.push_back(parse_qemu_version(read_program_output({path, "--version"}).value_or("")));
    return usable[static_cast<std::size_t>(std::max_element(versions.begin(), versions.end()) - versions.begin())];
}

}  // namespace mabplan::runtime
