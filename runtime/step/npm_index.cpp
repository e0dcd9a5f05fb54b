#include "runtime/step/npm_index.h"

#include "plans/base/sha1.h"
#include "plans/base/text.h"
#include "runtime/http/http_date.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr off_t kMostBytes = 16 << 20;  // an index file has a line for each answer to one address
constexpr std::int64_t kMilli = 1000;
constexpr std::size_t kHashDigits = 40;

// A quote inside of a JSON string is escaped, so these are keys wherever they stand.
constexpr std::string_view kTime = "\"time\":";
constexpr std::string_view kDate = "\"date\":\"";

// Each time that is later than the layer gives it becomes that of the layer; says whether one was.
std::pair<std::string, bool> settle_numbers(std::string_view object, const LayerOptions& options, std::int64_t& settled) {
    std::string out;
    bool changed = false;
    for (;;) {
        const std::size_t at = object.find(kTime);
        if (at == std::string_view::npos) return {out + std::string(object), changed};
        const std::size_t begin = at + kTime.size();
        const std::size_t end = std::min(object.find_first_not_of("0123456789", begin), object.size());
        const auto milliseconds = parse_signed(object.substr(begin, end - begin));
        const std::int64_t seconds = milliseconds.value_or(0) / kMilli;
        const std::int64_t in_layer = layer_mtime_of_second(seconds, options);
        const bool replaced = milliseconds && in_layer != seconds;
        out += object.substr(0, begin);
        out += replaced ? std::to_string(in_layer * kMilli) : std::string(object.substr(begin, end - begin));
        if (replaced) settled = in_layer;
        changed = changed || replaced;
        object.remove_prefix(end);
    }
}

std::string settle_dates(std::string_view object, std::int64_t settled) {
    std::string out;
    for (;;) {
        const std::size_t at = object.find(kDate);
        const std::size_t end = at == std::string_view::npos ? at : object.find('"', at + kDate.size());
        if (end == std::string_view::npos) return out + std::string(object);
        out += std::string(object.substr(0, at + kDate.size())) + format_http_date(settled);
        object.remove_prefix(end);
    }
}

std::string settle_line(std::string_view line, const LayerOptions& options) {
    if (line.size() <= kHashDigits || line[kHashDigits] != '\t') return std::string(line);
    const std::string_view object = line.substr(kHashDigits + 1);
    std::int64_t settled = 0;
    auto [text, changed] = settle_numbers(object, options, settled);
    if (!changed || sha1_hex(object) != line.substr(0, kHashDigits)) return std::string(line);
    text = settle_dates(text, settled);
    return sha1_hex(text) + "\t" + text;
}

Result<std::string> read_all(int file, std::size_t size, const std::string& shown) {
    std::string text(size, '\0');
    for (std::size_t done = 0; done < size;) {
        const ssize_t count = ::pread(file, text.data() + done, size - done, static_cast<off_t>(done));
        if (count < 0) return system_error(errno, "read", shown);
        if (count == 0) return text.substr(0, done);
        done += static_cast<std::size_t>(count);
    }
    return text;
}

}  // namespace

std::string with_layer_times(std::string_view index, const LayerOptions& options) {
    std::string out;
    for (std::string_view rest = index;;) {
        const std::size_t end = rest.find('\n');
        out += settle_line(rest.substr(0, end), options);
        if (end == std::string_view::npos) return out;
        out += '\n';
        rest.remove_prefix(end + 1);
    }
}

Status settle_npm_times(int folder, const std::string& name, const std::string& shown, const LayerOptions& options) {
    const Fd file(::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat facts {};
    if (!file.valid() || ::fstat(file.get(), &facts) != 0) return system_error(errno, "open", shown);
    if (facts.st_size > kMostBytes) return {};
    MABPLAN_TRY(before, read_all(file.get(), static_cast<std::size_t>(facts.st_size), shown));
    const std::string after = with_layer_times(before, options);
    if (after == before) return {};
    if (::ftruncate(file.get(), 0) != 0 || ::lseek(file.get(), 0, SEEK_SET) != 0) return system_error(errno, "write", shown);
    MABPLAN_CHECK(write_all(file.get(), after, shown));
    const std::array<timespec, 2> times{{{0, UTIME_OMIT}, facts.st_mtim}};
    if (::futimens(file.get(), times.data()) != 0) return system_error(errno, "set the time of", shown);
    return {};
}

}  // namespace mabplan::runtime
