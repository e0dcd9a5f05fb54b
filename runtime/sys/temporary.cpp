#include "runtime/sys/temporary.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/named_file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>

namespace mabplan::runtime {

namespace {

constexpr int kMostAttempts = 100;  // 50 random bits: a second one is rare
constexpr std::size_t kRandomLetters = 10;
constexpr std::size_t kLongestStem = 200;  // of the 255 bytes of a name

Result<std::string> random_letters() {
    std::uint64_t bits = 0;
    ssize_t count = 0;
    do count = ::getrandom(&bits, sizeof bits, 0);
    while (count < 0 && errno == EINTR);
    if (count != sizeof bits) return system_error(errno, "get random bytes from", "the kernel");
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
    std::string letters;
    for (; letters.size() < kRandomLetters; bits /= kLetters.size()) letters += kLetters[bits % kLetters.size()];
    return letters;
}

// Calls `make` with fresh paths until one is new. It returns false with errno set.
template <class Make>
Result<std::string> make_fresh(const std::string& folder, std::string_view stem, std::string_view ending, const Make& make) {
    for (int attempt = 1;; ++attempt) {
        MABPLAN_TRY(letters, random_letters());
        std::string path = format("{}/{}-{}{}", folder, stem.substr(0, kLongestStem), letters, ending);
        if (make(path.c_str())) return path;
        if (errno == EEXIST && attempt < kMostAttempts) continue;
        // a name that was just made up says nothing to anybody
        return system_error(errno, "write into the folder", folder);
    }
}

}  // namespace

std::string behind_links(const std::string& path) {
    constexpr int kMostLinks = 40;  // as the kernel has it
    std::string at = path;
    for (int links = 0; links <= kMostLinks; ++links) {
        std::error_code error;
        const std::filesystem::path target = std::filesystem::read_symlink(at, error);
        if (error) return at;
        // not tidied up: ".." behind a link to a folder is that folder's
        at = target.is_absolute() ? target.string() : format("{}/{}", parent_path(at), target.string());
    }
    return path;
}

bool is_a_stream(const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0 || S_ISDIR(found.st_mode)) return false;
    return !S_ISREG(found.st_mode) || path == "/dev/stdout" || path == "/dev/stderr" || names_descriptor(path);
}

Status make_new_folder(const std::string& path, mode_t mode) {
    if (::mkdir(path.c_str(), mode) != 0) return system_error(errno, "make the folder", path);
    return {};
}

Result<std::string> make_fresh_folder(const std::string& parent, std::string_view stem, mode_t mode) {
    return make_fresh(parent, stem, {}, [&](const char* path) { return ::mkdir(path, mode) == 0; });
}

Result<FreshFile> make_fresh_file(const std::string& folder, std::string_view stem, mode_t mode, std::string_view ending) {
    FreshFile made;
    MABPLAN_TRY(path, make_fresh(folder, stem, ending, [&](const char* name) {
                    made.file.reset(::open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode));
                    return made.file.valid();
                }));
    made.path = std::move(path);
    return made;
}

namespace {

constexpr std::string_view kUnfinished = ".mabplan-tmp";
constexpr std::int64_t kMoment = 60;  // seconds: a file may be new, and not locked yet

// "STEM.tmp-…" with letters as they are made up here. An empty stem stands for any.
bool is_unfinished(std::string_view name, std::string_view stem) {
    const std::size_t letters = kRandomLetters + 1;
    if (name.size() < letters + kUnfinished.size() || name[name.size() - letters] != '-') return false;
    const std::string_view front = name.substr(0, name.size() - letters), random = name.substr(name.size() - letters + 1);
    if (!front.ends_with(kUnfinished) || random.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") != std::string_view::npos)
        return false;
    return stem.empty() || front.substr(0, front.size() - kUnfinished.size()) == stem;
}

void sweep(const std::string& folder, std::string_view stem) {
    const auto names = list_names(folder);
    if (!names) return;
    for (const std::string& name : *names) {
        if (!is_unfinished(name, stem)) continue;
        const std::string path = format("{}/{}", folder, name);
        const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        struct stat facts {};
        const bool is_stale = file.valid() && ::fstat(file.get(), &facts) == 0 && (S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode)) &&
                              file_time_now().tv_sec - facts.st_mtim.tv_sec > kMoment && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
        if (is_stale) static_cast<void>(remove_tree(path));
    }
}

std::string stem_of(const std::string& target) { return std::string(base_name(target).substr(0, kLongestStem - kUnfinished.size())); }

}  // namespace

std::string unfinished_stem(std::string_view name) {
    return format("{}{}", name.substr(0, kLongestStem - kUnfinished.size()), kUnfinished);
}

void sweep_beside(const std::string& target) {
    if (is_a_stream(target)) return;
    const std::string real = behind_links(target);
    sweep(std::string(parent_path(real)), stem_of(real));
}

void sweep_unfinished(const std::string& folder) { sweep(folder, {}); }

Result<PendingFile> PendingFile::within(const std::string& folder, std::string_view stem, mode_t mode) {
    MABPLAN_TRY(file, make_fresh_file(folder, stem, mode));
    return PendingFile(std::move(file), Place::Fresh);
}

Result<PendingFile> PendingFile::beside(const std::string& target, mode_t mode) {
    if (is_a_stream(target)) {
        MABPLAN_TRY(stream, open_file(target, O_WRONLY | O_APPEND));
        return PendingFile({std::move(stream), target}, Place::Itself);
    }
    const std::string real = behind_links(target);
    MABPLAN_TRY(file, within(std::string(parent_path(real)), unfinished_stem(base_name(real)), mode));
    static_cast<void>(::flock(file.file_.file.get(), LOCK_EX | LOCK_NB) == 0);
    return file;
}

PendingFile::~PendingFile() {
    if (file_.file.valid() && place_ == Place::Fresh) ::unlink(file_.path.c_str());
}

Status PendingFile::sync() const {
    if (place_ == Place::Itself) return {};
    if (::fsync(file_.file.get()) != 0) return system_error(errno, "sync", file_.path);
    return {};
}

Status PendingFile::publish(const std::string& target, Durability durability) {
    if (place_ == Place::Itself) return {};
    if (durability == Durability::Synced) MABPLAN_CHECK(sync());
    const std::string real = behind_links(target);
    MABPLAN_CHECK(rename_path(file_.path, real));
    file_.file.reset();
    return durability == Durability::Synced ? sync_folder(std::string(parent_path(real))) : Status{};
}

Result<std::optional<std::string>> put_aside(const std::string& path, const std::string& folder) {
    MABPLAN_TRY(aside, make_fresh_folder(folder, "removed"));
    if (::rename(path.c_str(), format("{}/{}", aside, base_name(path)).c_str()) == 0) return std::optional(std::move(aside));
    const int why = errno;
    ::rmdir(aside.c_str());
    if (why == ENOENT) return std::nullopt;
    const std::string here(parent_path(path));
    if (why == EXDEV && here != folder) return put_aside(path, here);
    return system_error(why, "remove", path);
}

Status remove_whole(const std::string& path, const std::string& folder) {
    MABPLAN_TRY(aside, put_aside(path, folder));
    return aside ? remove_tree(*aside) : Status{};
}

}  // namespace mabplan::runtime
