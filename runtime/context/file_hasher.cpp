#include "runtime/context/file_hasher.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/context/layer_xattrs.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/open_beneath.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/thread.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kBufferBytes = 1U << 20U;
constexpr std::size_t kFilesPerThread = 16;  // below that a thread costs more than it brings

// What one thread needs: a buffer, a hash and the folder it was last in.
class Hasher {
public:
    Hasher(int root, DigestCache& cache, const std::function<bool()>& stop)
        : root_(root), cache_(cache), stop_(stop), buffer_(kBufferBytes, '\0') {}

    Result<Digest> hash(const HashRequest& request) {
        MABPLAN_TRY(file, open(request.path));
        const Timestamp began = file_clock_now();
        struct stat before {};
        if (::fstat(file.get(), &before) != 0) return unreadable(errno, request.path);
        const FileIdentity identity = identity_of(before);
        if (!S_ISREG(before.st_mode) || (request.expected && *request.expected != fingerprint_of(identity)))
            return fail(changed_while_read(request.path));
        if (const auto known = cache_.find(identity)) return Digest(known->digest);

        MABPLAN_CHECK(read_all(file, identity.size, request.path));
        KnownContent content{hash_.finish(), read_layer_xattrs(file.get())};
        struct stat after {};
        if (::fstat(file.get(), &after) != 0) return unreadable(errno, request.path);
        if (!(identity_of(after) == identity)) return fail(changed_while_read(request.path));
        const Digest digest(content.digest);
        cache_.insert(identity, began, content);
        return digest;
    }

private:
    Result<Fd> open(const std::string& path) {
        const std::string_view directory = parent_path(path);
        if (!directory_.valid() || directory != directory_path_) {
            directory_ = open_beneath(root_, directory, O_PATH | O_DIRECTORY);
            if (!directory_.valid()) return unreadable(errno, path);
            directory_path_ = directory;
        }
        // O_NONBLOCK: should the file have become a fifo, this must not wait for a writer
        Fd file = open_beneath(directory_.get(), base_name(path), O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (!file.valid()) return unreadable(errno, path);
        return file;
    }

    Status read_all(const Fd& file, std::uint64_t size, const std::string& path) {
        hash_.finish();  // nothing of a file that failed halfway
        for (std::uint64_t left = size; left > 0;) {
            if (stop_ && stop_()) return fail(ErrorKind::Interrupted, "interrupted");
            const ssize_t count =
                ::read(file.get(), buffer_.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_.size())));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return unreadable(errno, path);
            if (count == 0) return fail(changed_while_read(path));
            hash_.update({buffer_.data(), static_cast<std::size_t>(count)});
            left -= static_cast<std::uint64_t>(count);
        }
        return {};
    }

    int root_;
    DigestCache& cache_;
    const std::function<bool()>& stop_;
    std::string buffer_;
    Sha256 hash_;
    Fd directory_;
    std::string directory_path_;
};

// The work that the threads share.
class Work {
public:
    Work(int root, const std::vector<HashRequest>& requests, DigestCache& cache, const std::function<bool()>& stop)
        : root_(root), requests_(requests), cache_(cache), stop_(stop), digests_(requests.size()) {}

    void run() {
        Hasher hasher(root_, cache_, stop_);
        for (;;) {
            const std::size_t i = next_.fetch_add(1);
            if (i >= requests_.size() || failed_.load()) return;
            Result<Digest> digest = hasher.hash(requests_[i]);
            if (digest) digests_[i] = std::move(*digest);
            else note_failure(i, std::move(digest).error());
        }
    }

    Result<std::vector<Digest>> result() && {
        if (failed_.load()) return fail(std::move(first_.lock()->error));
        return std::move(digests_);
    }

private:
    struct FirstFailure {
        std::size_t request = std::numeric_limits<std::size_t>::max();
        Error error{};
    };

    void note_failure(std::size_t i, Error error) {
        failed_ = true;
        const auto first = first_.lock();
        if (i < first->request) *first = {i, std::move(error)};
    }

    int root_;
    const std::vector<HashRequest>& requests_;
    DigestCache& cache_;
    const std::function<bool()>& stop_;
    std::vector<Digest> digests_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> failed_{false};
    Guarded<FirstFailure> first_;
};

}  // namespace

Error changed_while_read(std::string_view path) {
    return {ErrorKind::Input, format("{} changed while it was read", quoted(path)), {}, {}, "run again when nothing writes to it", {}};
}

Failure unreadable(int number, std::string_view path) {
    Error error = system_error(number, "read", path, ErrorKind::Input).value();
    if (number == EACCES || number == EPERM) error.hint = "make it readable, or name it in .dockerignore";
    if (number == ENOENT || number == ENOTDIR || number == ELOOP)
        error.hint = "it was there a moment ago: run again when nothing writes to the folder";
    return fail(std::move(error));
}

Result<std::vector<Digest>> hash_files(int root, const std::vector<HashRequest>& requests, DigestCache& cache, const HashOptions& options) {
    Work work(root, requests, cache, options.stop);
    const std::size_t useful =
        std::min<std::size_t>(static_cast<std::size_t>(std::max(options.jobs, 1)), requests.size() / kFilesPerThread + 1);
    MABPLAN_CHECK(share_work(useful, [&work]() -> Status {
        work.run();
        return {};
    }));
    return std::move(work).result();
}

}  // namespace mabplan::runtime
