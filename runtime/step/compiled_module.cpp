#include "runtime/step/compiled_module.h"

#include "plans/base/text.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kHeaderBytes = 16;  // magic, flags, mtime, size: four little-endian numbers
constexpr off_t kTimeOffset = 8;

struct SourceFacts {
    std::uint32_t mtime = 0;
    std::uint32_t size = 0;
    bool operator==(const SourceFacts&) const = default;
};

std::uint32_t number_at(const std::array<char, kHeaderBytes>& header, std::size_t offset) {
    std::uint32_t number = 0;
    for (std::size_t i = 4; i-- > 0;) number = number << 8U | static_cast<unsigned char>(header[offset + i]);
    return number;
}

// Nothing for what is no compiled module, and for one that does not go by time (flags of PEP 552).
std::optional<SourceFacts> recorded(int file) {
    std::array<char, kHeaderBytes> header{};
    if (::pread(file, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) return std::nullopt;
    if (header[2] != '\r' || header[3] != '\n' || number_at(header, 4) != 0) return std::nullopt;
    return SourceFacts{number_at(header, 8), number_at(header, 12)};
}

// The time as the header holds it: 32 bits of it, as importlib does.
std::uint32_t header_time(std::int64_t seconds) { return static_cast<std::uint32_t>(seconds); }

Status write_time(int file, std::uint32_t time, const struct stat& before, const std::string& shown) {
    std::array<char, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(time >> (8 * i) & 0xffU);
    if (::pwrite(file, bytes.data(), bytes.size(), kTimeOffset) != static_cast<ssize_t>(bytes.size()))
        return system_error(errno, "write", shown);
    const std::array<timespec, 2> times{{{0, UTIME_OMIT}, before.st_mtim}};
    if (::futimens(file, times.data()) != 0) return system_error(errno, "set the time of", shown);
    return {};
}

// The time for the header of a module that records `module`: that of its source in the image, or none that a source has where the source
// is not what was compiled. A source of the layers below was there with its own time or, for this step, with a newer one.
Result<std::uint32_t> time_for(int folder, const std::string& path, const SourceFacts& module, LowerView& lower,
                               const LayerOptions& options) {
    const std::string name = std::string(base_name(path).substr(0, base_name(path).find('.'))) + ".py";
    struct stat source {};
    // a folder in the upper directory is a real one: its ".." is where the source lies
    if (::fstatat(folder, ("../" + name).c_str(), &source, AT_SYMLINK_NOFOLLOW) == 0) {
        const bool is_compiled = S_ISREG(source.st_mode) &&
                                 module == SourceFacts{header_time(source.st_mtim.tv_sec), static_cast<std::uint32_t>(source.st_size)};
        return is_compiled ? header_time(layer_mtime(source.st_mtim, options)) : 0;
    }
    MABPLAN_TRY(below, lower.stat(path_in(parent_path(parent_path(path)), name)));
    const bool is_compiled = below && below->type == FileType::File && module.size == static_cast<std::uint32_t>(below->size);
    return is_compiled ? header_time(below->mtime_s) : 0;
}

}  // namespace

Status settle_source_time(int folder, const std::string& name, const std::string& path, LowerView& lower, const LayerOptions& options) {
    const Fd file(::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat facts {};
    if (!file.valid() || ::fstat(file.get(), &facts) != 0) return system_error(errno, "open", path);
    const auto module = recorded(file.get());
    if (!module || layer_mtime_of_second(module->mtime, options) == module->mtime) return {};
    MABPLAN_TRY(time, time_for(folder, path, *module, lower, options));
    return time == module->mtime ? Status{} : write_time(file.get(), time, facts, path);
}

}  // namespace mabplan::runtime
