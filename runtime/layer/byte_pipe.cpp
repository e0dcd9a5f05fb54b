#include "runtime/layer/byte_pipe.h"

#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <string>

namespace mabplan::runtime {

namespace {
constexpr std::size_t kPieceBytes = 256U << 10U;
constexpr std::size_t kMaxWaiting = 4U << 20U;  // bytes in the pipe, but for one piece more
}  // namespace

struct BytePipe::State {
    struct Shared {
        std::deque<std::string> pieces;
        std::size_t waiting = 0;  // bytes in `pieces`
        bool closed = false;
        bool hung_up = false;
        Status outcome;
    };
    Guarded<Shared> shared;
    std::condition_variable changed;
    std::string current;  // the reader's
    std::size_t taken = 0;
};

BytePipe::BytePipe() : state_(std::make_unique<State>()) {}
BytePipe::~BytePipe() = default;

Status BytePipe::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, kPieceBytes);
        bytes.remove_prefix(piece.size());
        auto shared = state_->shared.lock();
        shared.wait(state_->changed, [&] { return shared->hung_up || shared->waiting < kMaxWaiting; });
        if (shared->hung_up) return fail(ErrorKind::Interrupted, "the reader of these bytes has stopped");
        shared->pieces.emplace_back(piece);
        shared->waiting += piece.size();
        state_->changed.notify_all();
    }
    return {};
}

Result<std::size_t> BytePipe::read(std::span<char> buffer) {
    if (state_->taken == state_->current.size()) {
        auto shared = state_->shared.lock();
        shared.wait(state_->changed, [&] { return !shared->pieces.empty() || shared->closed; });
        if (shared->pieces.empty()) {
            MABPLAN_CHECK(shared->outcome);
            return std::size_t{0};
        }
        state_->current = std::move(shared->pieces.front());
        shared->pieces.pop_front();
        shared->waiting -= state_->current.size();
        state_->taken = 0;
        state_->changed.notify_all();
    }
    const std::size_t count = std::min(buffer.size(), state_->current.size() - state_->taken);
    std::memcpy(buffer.data(), state_->current.data() + state_->taken, count);
    state_->taken += count;
    return count;
}

void BytePipe::close(Status outcome) {
    const auto shared = state_->shared.lock();
    shared->closed = true;
    shared->outcome = std::move(outcome);
    state_->changed.notify_all();
}

void BytePipe::hang_up() {
    const auto shared = state_->shared.lock();
    shared->hung_up = true;
    state_->changed.notify_all();
}

namespace {

class ProducedSource final : public ByteSource {
public:
    ~ProducedSource() override { pipe_.hang_up(); }
    Status start(std::function<Status(ByteSink&)> produce) {
        MABPLAN_TRY(thread, start_thread([this, produce = std::move(produce)]() -> Status {
                        pipe_.close(without_throwing([&] { return produce(pipe_); }));
                        return {};  // the reader is told
                    }));
        thread_ = std::move(thread);
        return {};
    }
    Result<std::size_t> read(std::span<char> buffer) override { return pipe_.read(buffer); }

private:
    BytePipe pipe_;
    Thread thread_;  // ends before the pipe goes
};

}  // namespace

Result<std::unique_ptr<ByteSource>> read_produced(std::function<Status(ByteSink&)> produce) {
    auto source = std::make_unique<ProducedSource>();
    MABPLAN_CHECK(source->start(std::move(produce)));
    return source;
}

Result<std::size_t> HashingSource::read(std::span<char> buffer) {
    MABPLAN_TRY(count, source_->read(buffer));
    MABPLAN_CHECK(hash_.write(std::string_view(buffer.data(), count)));
    return count;
}

}  // namespace mabplan::runtime
