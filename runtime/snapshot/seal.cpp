#include "runtime/snapshot/seal.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/folder_reader.h"
#include "runtime/sys/open_beneath.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/xxh3.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kOtherSeed = 1;
constexpr std::uint64_t kMostSmallBytes = 64U << 20U;
constexpr off_t kLargeBytes = 16 << 10;  // smaller files may stand beside their names

// The order in which a folder is read does not matter: what is added up has no order.
class Seal {
public:
    explicit Seal(std::string root) : root_path_(std::move(root)) {}

    Result<Sealed> make(const std::vector<std::string>& small_files) {
        for (const std::string& path : small_files) MABPLAN_CHECK(add_content(path));
        MABPLAN_TRY(root, open_file(root_path_, O_RDONLY | O_DIRECTORY));
        struct stat facts {};
        if (::fstat(root.get(), &facts) != 0) return system_error(errno, "look at", root_path_);
        add(".", facts);
        folders_ = {"."};
        while (!folders_.empty()) {
            const std::string path = std::move(folders_.back());
            folders_.pop_back();
            MABPLAN_CHECK(read(root.get(), path));
        }
        return Sealed{format("seal 1 {:016x} {:016x} {}\n", one_, other_, count_), is_use_known_ ? std::optional(use_) : std::nullopt};
    }

private:
    Status read(int root, const std::string& path) {
        FolderReader folder(open_beneath(root, path, O_RDONLY | O_DIRECTORY));
        while (const dirent* entry = folder.next()) {
            struct stat facts {};
            const std::string inner = path == "." ? entry->d_name : format("{}/{}", path, entry->d_name);
            if (::fstatat(folder.fd(), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
                if (errno != ENOENT) return system_error(errno, "look at", format("{}/{}", root_path_, inner));
                ++count_;  // it goes this moment: the sum is another one
                continue;
            }
            add(inner, facts);
            if (S_ISDIR(facts.st_mode)) folders_.push_back(inner);
        }
        if (folder.error() == 0 || folder.error() == ENOENT) return {};
        return system_error(folder.error(), "read the folder", format("{}/{}", root_path_, path));
    }

    Status add_content(const std::string& path) {
        if (!path_exists(path)) return {};
        MABPLAN_TRY(content, read_file(path, kMostSmallBytes));
        add_text(content);
        return {};
    }

    // The size of a directory is the file system's own affair.
    void add(std::string_view path, const struct stat& facts) {
        const std::array<std::int64_t, 6> numbers{static_cast<std::int64_t>(facts.st_mode),
                                                  S_ISDIR(facts.st_mode) ? 0 : static_cast<std::int64_t>(facts.st_size),
                                                  facts.st_mtim.tv_sec,
                                                  facts.st_mtim.tv_nsec,
                                                  facts.st_ctim.tv_sec,
                                                  facts.st_ctim.tv_nsec};
        text_.assign(reinterpret_cast<const char*>(numbers.data()), sizeof numbers);
        text_ += path;
        add_text(text_);
        const DiskUse use = use_of_one(facts);
        use_ += use;
        // or it has holes
        if (S_ISREG(facts.st_mode) && facts.st_nlink == 1 && facts.st_size > kLargeBytes &&
            use.bytes < static_cast<std::uint64_t>(facts.st_size) / 2)
            is_use_known_ = false;
    }

    void add_text(std::string_view text) {
        one_ += xxh3_64(text);
        other_ += xxh3_64(text, kOtherSeed);
        ++count_;
    }

    std::string root_path_;
    std::vector<std::string> folders_;
    std::string text_;
    std::uint64_t one_ = 0, other_ = 0, count_ = 0;
    DiskUse use_;
    bool is_use_known_ = true;
};

}  // namespace

Result<Sealed> seal_of(const std::string& folder, const std::vector<std::string>& small_files) { return Seal(folder).make(small_files); }

}  // namespace mabplan::runtime
