// Streams of bytes that compose: a source is pulled, a sink is pushed.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace mabplan::runtime {

class ByteSource {
public:
    virtual ~ByteSource() = default;
    // Fills some of the buffer; 0 at the end.
    virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

class ByteSink {
public:
    virtual ~ByteSink() = default;
    virtual Status write(std::string_view bytes) = 0;
};

// Passes on what it is given and keeps hash and count of it; `next` may be null (hash only).
class HashingSink final : public ByteSink {
public:
    explicit HashingSink(ByteSink* next = nullptr) : next_(next) {}
    Status write(std::string_view bytes) override {
        hash_.update(bytes);
        count_ += bytes.size();
        return next_ != nullptr ? next_->write(bytes) : Status{};
    }
    std::uint64_t count() const { return count_; }
    Digest finish() { return Digest(hash_.finish()); }

private:
    ByteSink* next_;
    Sha256 hash_;
    std::uint64_t count_ = 0;
};

class Stop;

// Reads a whole file from a descriptor it owns. An Interrupted error once `stop`, which may be null, is raised, also while nothing comes.
std::unique_ptr<ByteSource> read_from(int owned_fd, std::string path, const Stop* stop = nullptr);
// Writes to a descriptor that stays the caller's; the same, while nobody reads it.
std::unique_ptr<ByteSink> write_to(int fd, std::string path, const Stop* stop = nullptr);
// Moves all bytes; returns how many.
Result<std::uint64_t> copy_bytes(ByteSource& from, ByteSink& to);

// Fills the whole buffer unless the source ends before.
Result<std::size_t> read_full(ByteSource& source, std::span<char> buffer);
// All of a source as text; an Input error if it has more than `max_bytes`.
Result<std::string> read_text(ByteSource& source, std::uint64_t max_bytes);

}  // namespace mabplan::runtime
