#include "runtime/store/blob_store.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

class BlobWriter final : public ContentWriter {
public:
    // `blobs`: the folder to publish in.
    BlobWriter(PendingFile file, std::string blobs, std::shared_ptr<LastUses> uses, std::shared_ptr<BlobStore::Written> written)
        : file_(std::move(file)), blobs_(std::move(blobs)), uses_(std::move(uses)), written_(std::move(written)), hash_(&file_) {}
    BlobWriter(const BlobWriter&) = delete;
    BlobWriter& operator=(const BlobWriter&) = delete;

    Status write(std::string_view bytes) override {
        if (gathered_.empty() && bytes.size() >= kGathered) return hash_.write(bytes);
        gathered_ += bytes;
        return gathered_.size() < kGathered ? Status{} : write_gathered();
    }
    std::uint64_t count() const override { return hash_.count() + gathered_.size(); }
    Result<Digest> commit(const std::optional<Digest>& expected) override {
        MABPLAN_CHECK(write_gathered());
        const Digest digest = hash_.finish();
        if (expected && *expected != digest)
            return fail(ErrorKind::Verify,
                        format("the bytes are not what was asked for: expected {}, they hash to {}", expected->text(), digest.text()));
        MABPLAN_CHECK(file_.sync());
        const std::string path = format("{}/{}", blobs_, digest.hex());
        MABPLAN_CHECK(file_.publish(path, Durability::Cached));
        static_cast<void>(uses_->note(path));  // not later, since it changes the file
        if (const auto identity = BlobStore::identity_of(path)) (*written_->lock())[digest] = *identity;
        return digest;
    }

private:
    static constexpr std::size_t kGathered = 256U << 10U;  // bytes: connections bring little pieces, and each would be a call

    Status write_gathered() {
        MABPLAN_CHECK(hash_.write(gathered_));
        gathered_.clear();
        return {};
    }

    PendingFile file_;
    std::string gathered_;
    std::string blobs_;
    std::shared_ptr<LastUses> uses_;
    std::shared_ptr<BlobStore::Written> written_;
    HashingSink hash_;
};

std::optional<BlobStore::Identity> BlobStore::identity_of(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) return std::nullopt;
    return Identity{facts.st_ino, nanoseconds_of(facts.st_ctim)};
}

bool BlobStore::has_written(const Digest& digest) const {
    const auto known = written_->with([&](const auto& written) {
        const auto found = written.find(digest);
        return found == written.end() ? std::nullopt : std::optional(found->second);
    });
    return known && known == identity_of(path(digest));
}

std::string BlobStore::path(const Digest& digest) const { return format("{}/blobs/sha256/{}", root_, digest.hex()); }

std::optional<std::uint64_t> BlobStore::size(const Digest& digest) const {
    struct stat facts {};
    const std::string blob = path(digest);
    if (::stat(blob.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode) || !uses_->note(blob)) return std::nullopt;
    return static_cast<std::uint64_t>(facts.st_size);
}

Result<std::vector<bool>> BlobStore::has(std::span<const Digest> digests) const {
    std::vector<bool> found;
    for (const Digest& digest : digests) found.push_back(size(digest).has_value());
    return found;
}

Result<std::unique_ptr<ContentWriter>> BlobStore::create() const {
    MABPLAN_TRY(file, PendingFile::within(scratch_, "blob"));
    return std::unique_ptr<ContentWriter>(std::make_unique<BlobWriter>(std::move(file), root_ + "/blobs/sha256", uses_, written_));
}

Status BlobStore::put(const Digest& digest, std::string_view bytes) const {
    if (size(digest) == bytes.size()) return {};
    MABPLAN_TRY(writer, create());
    MABPLAN_CHECK(writer->write(bytes));
    MABPLAN_CHECK(writer->commit(digest));
    return {};
}

Result<std::string> BlobStore::read(const Digest& digest, std::uint64_t max_bytes) const {
    MABPLAN_TRY(bytes, read_file(path(digest), max_bytes, ErrorKind::Verify));
    if (Digest::of(bytes) == digest) return bytes;
    MABPLAN_CHECK(remove(digest));
    return fail(ErrorKind::Verify, format("the blob {} in the store was damaged: it is removed", digest.text()));
}

Result<std::unique_ptr<ByteSource>> BlobStore::open(const Digest& digest) const { return open_at(digest, 0); }

Result<std::unique_ptr<ByteSource>> BlobStore::open_at(const Digest& digest, std::uint64_t offset) const {
    MABPLAN_TRY(file, open_file(path(digest), O_RDONLY, 0, ErrorKind::Verify));
    if (offset > 0 && ::lseek(file.get(), static_cast<off_t>(offset), SEEK_SET) < 0) return system_error(errno, "read", path(digest));
    return read_from(file.release(), path(digest));
}

Status BlobStore::send(const Digest& digest, std::uint64_t offset, ByteSink& sink) const {
    MABPLAN_TRY(source, open_at(digest, offset));
    MABPLAN_CHECK(copy_bytes(*source, sink));
    return {};
}

Status BlobStore::remove(const Digest& digest) const {
    if (::unlink(path(digest).c_str()) != 0 && errno != ENOENT) return system_error(errno, "remove", path(digest));
    return {};
}

}  // namespace mabplan::runtime
