// Byte streams across threads: a bounded pipe, a source that reads ahead, a source that hashes. Bytes only.
#pragma once

#include "runtime/sys/byte_stream.h"

#include <functional>
#include <memory>

namespace mabplan::runtime {

// One thread writes, one reads; at most a few MiB wait in between. Little pieces are passed on together: the writer must close, with which
// the last ones go.
class BytePipe final : public ByteSink, public ByteSource {
public:
    BytePipe();
    ~BytePipe() override;

    Status write(std::string_view bytes) override;              // fails soon after the reader has hung up
    Result<std::size_t> read(std::span<char> buffer) override;  // the writer's failure, after the last bytes
    void close(Status outcome = {});                            // by the writer: no more bytes come
    void hang_up();                                             // by the reader: no more bytes are wanted

private:
    struct State;
    std::unique_ptr<State> state_;
};

// What `produce` writes, run on a thread of its own. Dropped early, its sink fails from then on.
Result<std::unique_ptr<ByteSource>> read_produced(std::function<Status(ByteSink&)> produce);

// Passes on what it reads and keeps hash and count of it.
class HashingSource final : public ByteSource {
public:
    explicit HashingSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
    Result<std::size_t> read(std::span<char> buffer) override;
    std::uint64_t count() const { return hash_.count(); }
    Digest finish() { return hash_.finish(); }

private:
    std::unique_ptr<ByteSource> source_;
    HashingSink hash_;
};

}  // namespace mabplan::runtime
