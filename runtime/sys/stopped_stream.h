// Streams that end when somebody says so: whatever is made of them ends before its time, with an Interrupted error. Does not know what
// they hold.
#pragma once

#include "runtime/sys/byte_stream.h"
#include "runtime/sys/stop.h"

#include <memory>
#include <utility>

namespace mabplan::runtime {

class StoppedSource final : public ByteSource {
public:
    // `stop` may be null, and must outlive it.
    StoppedSource(std::unique_ptr<ByteSource> source, const Stop* stop) : source_(std::move(source)), stop_(stop) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        MABPLAN_CHECK(go_on(stop_));
        return source_->read(buffer);
    }

private:
    std::unique_ptr<ByteSource> source_;
    const Stop* stop_;
};

class StoppedSink final : public ByteSink {
public:
    // Both must outlive it; `stop` may be null.
    StoppedSink(ByteSink& next, const Stop* stop) : next_(next), stop_(stop) {}
    Status write(std::string_view bytes) override {
        MABPLAN_CHECK(go_on(stop_));
        return next_.write(bytes);
    }

private:
    ByteSink& next_;
    const Stop* stop_;
};

}  // namespace mabplan::runtime
