#include "runtime/context/local_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/context/file_hasher.h"
#include "runtime/context/folder_listing.h"
#include "runtime/context/known_listings.h"
#include "runtime/context/listed_folder.h"
#include "runtime/context/read_ahead.h"
#include "runtime/sys/open_beneath.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <unordered_map>
#include <unordered_set>

namespace mabplan::runtime {

namespace {

class FolderTree final : public LocalTree {
public:
    FolderTree(Fd root, std::string path, DigestCache& cache, TreeOptions options)
        : root_(std::move(root)),
          path_(std::move(path)),
          cache_(cache),
          options_(std::move(options)),
          reader_(root_.get(), cache, options_.known != nullptr ? options_.known->hardlinks() : hardlinks_),
          ahead_([this](const std::string& directory) { return reader_.list(directory); }, options_.jobs - 1) {}

    Result<std::optional<TreeEntry>> stat(std::string_view path) override {
        const std::string name(path == "." ? path : base_name(path));
        if (name == "..") return std::nullopt;
        const Fd parent = open_beneath(root_.get(), parent_path(path), O_PATH | O_DIRECTORY);
        if (!parent.valid()) return nothing_or_error(path);
        struct stat status {};
        if (::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return nothing_or_error(path);
        MABPLAN_TRY(entry, reader_.entry_of(parent.get(), name, status));
        return entry;
    }

    Result<FolderEntries> list(std::string_view directory) override {
        MABPLAN_CHECK(check_stopped());
        const std::string path(directory);
        if (auto known = options_.known == nullptr ? std::nullopt : options_.known->find(name_of(path))) {
            seen_before_.insert(path);
            listed_[path] = std::move(known->files);
            return std::move(known->entries);
        }
        std::optional<Result<FolderListing>> ahead = ahead_.take(path);
        MABPLAN_TRY(listing, ahead ? std::move(*ahead) : reader_.list(path));
        if (options_.known != nullptr) options_.known->put(name_of(path), listing);
        listed_[path] = std::move(listing.files);
        return std::move(listing.entries);
    }

    void expect(const std::vector<std::string>& directories) override {
        std::vector<std::string> unknown;
        for (const std::string& directory : directories)
            if (options_.known == nullptr || !options_.known->has(name_of(directory))) unknown.push_back(directory);
        ahead_.expect(unknown);
    }

    Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) override {
        MABPLAN_CHECK(check_stopped());
        std::vector<Digest> digests(files.size());
        std::vector<HashRequest> missing;
        std::vector<std::size_t> places;
        std::string_view folder_path;
        ListedFolder* folder = nullptr;
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (const std::string_view parent = parent_path(files[i].path); parent != folder_path) {
                folder = find_folder(parent);
                folder_path = parent;
            }
            const auto listed = folder == nullptr ? std::nullopt : folder->find(base_name(files[i].path));
            if (const auto digest = listed ? folder->take_digest(*listed) : std::nullopt) {
                digests[i] = Digest(*digest);
                continue;
            }
            missing.push_back({files[i].path, listed ? std::optional(folder->fingerprint(*listed)) : std::nullopt});
            places.push_back(i);
        }
        if (missing.empty()) return digests;
        auto hashed = hash_files(root_.get(), missing, cache_, {options_.jobs, options_.stop});
        if (!hashed) return fail(since_listed(std::move(hashed).error()));
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (options_.known != nullptr) keep_digest(missing[i].path, (*hashed)[i]);
            digests[places[i]] = std::move((*hashed)[i]);
        }
        return digests;
    }

    Result<Fd> open_file(std::string_view path) override {
        auto file = open_listed(path);
        return file ? std::move(file) : fail(since_listed(std::move(file).error()));
    }

    Status check_unchanged(const Fd& file, std::string_view path) override {
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return unreadable(errno, path);
        if (fingerprint_before(path) != fingerprint_of(identity_of(status))) return fail(since_listed(changed_while_read(path)));
        return {};
    }

private:
    Result<Fd> open_listed(std::string_view path) {
        MABPLAN_TRY(folder, open_folder_of(path));
        Fd file = open_beneath(folder, base_name(path), O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (!file.valid()) return unreadable(errno, path);
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return unreadable(errno, path);
        if (!S_ISREG(status.st_mode)) return input_error(format("{} is no regular file", quoted(path)));
        const std::uint64_t now = fingerprint_of(identity_of(status));
        const auto listed = listed_fingerprint(path);
        if (listed && *listed != now) return fail(changed_while_read(path));
        if (!listed) opened_[std::string(path)] = now;
        return file;
    }

    // What known listings call a directory of this tree.
    std::string name_of(const std::string& directory) const { return path_ + "/" + directory; }

    Status check_stopped() const {
        return options_.stop && options_.stop() ? Status(fail(ErrorKind::Interrupted, "interrupted")) : Status{};
    }

    // Whoever listed the folders before took from them what must be found now: what is not is no mistake in what was asked.
    Error since_listed(Error error) const {
        if (!seen_before_.empty() && error.kind == ErrorKind::Input) error.kind = ErrorKind::Verify;
        return error;
    }

    void keep_digest(const std::string& path, const Digest& digest) {
        const std::string folder(parent_path(path));
        const ListedFolder* listed = find_folder(folder);
        const auto file = listed == nullptr ? std::nullopt : listed->find(base_name(path));
        if (file) options_.known->learn(name_of(folder), *file, digest.bytes());
    }

    static Result<std::optional<TreeEntry>> nothing_or_error(std::string_view path) {
        if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return std::nullopt;
        return unreadable(errno, path);
    }

    Result<int> open_folder_of(std::string_view path) {
        const std::string_view parent = parent_path(path);
        if (!last_folder_.valid() || last_path_ != parent) {
            last_folder_ = open_beneath(root_.get(), parent, O_PATH | O_DIRECTORY);
            last_path_ = parent;
        }
        if (!last_folder_.valid()) return unreadable(errno, path);
        return last_folder_.get();
    }

    ListedFolder* find_folder(std::string_view path) {
        const auto folder = listed_.find(std::string(path));
        return folder == listed_.end() ? nullptr : &folder->second;
    }

    std::optional<std::uint64_t> listed_fingerprint(std::string_view path) {
        const ListedFolder* folder = find_folder(parent_path(path));
        const auto file = folder == nullptr ? std::nullopt : folder->find(base_name(path));
        return file ? std::optional(folder->fingerprint(*file)) : std::nullopt;
    }

    std::optional<std::uint64_t> fingerprint_before(std::string_view path) {
        if (const auto listed = listed_fingerprint(path)) return listed;
        const auto opened = opened_.find(std::string(path));
        return opened == opened_.end() ? std::nullopt : std::optional(opened->second);
    }

    Fd root_;
    std::string path_;
    DigestCache& cache_;
    TreeOptions options_;
    HardlinkNumbers hardlinks_;
    EntryReader reader_;
    ReadAhead ahead_;
    std::unordered_map<std::string, ListedFolder> listed_;
    std::unordered_set<std::string> seen_before_;            // of those the folders that another tree listed
    std::unordered_map<std::string, std::uint64_t> opened_;  // fingerprints of what was opened without having been listed
    std::string last_path_;                                  // the folder of the file that was opened last: its neighbours follow
    Fd last_folder_;
};

}  // namespace

Result<std::unique_ptr<LocalTree>> open_local_tree(const std::string& path, DigestCache& cache, TreeOptions options) {
    Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return system_error(errno, "open the folder", path, ErrorKind::Input);
    return std::make_unique<FolderTree>(std::move(root), path, cache, std::move(options));
}

}  // namespace mabplan::runtime
