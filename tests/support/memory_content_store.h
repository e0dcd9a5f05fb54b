// A content store in memory that counts what it is asked, and can be made to fail.
#pragma once

#include "runtime/store/content_store.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <string>

namespace mabplan::tests {

// What is kept, apart from the store: a store is used through const references.
struct MemoryContents {
    std::map<Digest, std::string> kept;
    int asked = 0;  // calls of has
    std::atomic<int> opened = 0;
    std::optional<Error> failure;         // of every call
    std::optional<Error> failure_behind;  // of reading, behind the first half of a content; of writing, when it is committed

    Digest put(const std::string& bytes) {
        const Digest digest = Digest::of(bytes);
        kept[digest] = bytes;
        return digest;
    }
};

class MemorySource final : public runtime::ByteSource {
public:
    MemorySource(std::string bytes, std::optional<Error> failure) : bytes_(std::move(bytes)), failure_(std::move(failure)) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        const std::size_t end = failure_ ? bytes_.size() / 2 : bytes_.size();
        if (at_ == end && failure_) return fail(*failure_);
        const std::size_t size = std::min(buffer.size(), end - at_);
        std::copy_n(bytes_.data() + at_, size, buffer.data());
        at_ += size;
        return size;
    }

private:
    std::string bytes_;
    std::optional<Error> failure_;
    std::size_t at_ = 0;
};

class MemoryWriter final : public runtime::ContentWriter {
public:
    explicit MemoryWriter(MemoryContents& contents) : contents_(contents) {}
    Status write(std::string_view bytes) override {
        bytes_ += bytes;
        return {};
    }
    std::uint64_t count() const override { return bytes_.size(); }
    using ContentWriter::commit;
    Result<Digest> commit(const std::optional<Digest>& expected) override {
        if (contents_.failure_behind) return fail(*contents_.failure_behind);
        if (expected && Digest::of(bytes_) != *expected) return fail(ErrorKind::Verify, "other bytes");
        return contents_.put(bytes_);
    }

private:
    MemoryContents& contents_;
    std::string bytes_;
};

class MemoryContentStore final : public runtime::ContentStore {
public:
    explicit MemoryContentStore(MemoryContents& contents) : contents_(contents) {}

    Result<std::vector<bool>> has(std::span<const Digest> digests) const override {
        ++contents_.asked;
        if (contents_.failure) return fail(*contents_.failure);
        std::vector<bool> found;
        for (const Digest& digest : digests) found.push_back(contents_.kept.contains(digest));
        return found;
    }
    Result<std::unique_ptr<runtime::ByteSource>> open(const Digest& digest) const override {
        ++contents_.opened;
        if (contents_.failure) return fail(*contents_.failure);
        const auto found = contents_.kept.find(digest);
        if (found == contents_.kept.end()) return fail(ErrorKind::Verify, "not there");
        return std::unique_ptr<runtime::ByteSource>(std::make_unique<MemorySource>(found->second, contents_.failure_behind));
    }
    Result<std::unique_ptr<runtime::ContentWriter>> create() const override {
        if (contents_.failure) return fail(*contents_.failure);
        return std::unique_ptr<runtime::ContentWriter>(std::make_unique<MemoryWriter>(contents_));
    }

private:
    MemoryContents& contents_;
};

}  // namespace mabplan::tests
