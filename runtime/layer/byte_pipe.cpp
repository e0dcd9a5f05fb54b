#include "runtime/layer/byte_pipe.h"

#include "runtime/sys/thread.h"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mabplan::runtime {

namespace {
constexpr std::size_t kPieceBytes = 256U << 10U;
constexpr std::size_t kMaxWaiting = 4U << 20U;  // bytes in the pipe, but for one piece more
}  // namespace

struct BytePipe::State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> pieces;
    std::size_t waiting = 0;  // bytes in `pieces`
    bool closed = false;
    bool hung_up = false;
    Status outcome;
    std::string current;  // the reader's
    std::size_t taken = 0;
};

BytePipe::BytePipe() : state_(std::make_unique<State>()) {}
BytePipe::~BytePipe() = default;

Status BytePipe::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, kPieceBytes);
        bytes.remove_prefix(piece.size());
        std::unique_lock lock(state_->mutex);
        state_->changed.wait(lock, [&] { return state_->hung_up || state_->waiting < kMaxWaiting; });
        if (state_->hung_up) return fail(ErrorKind::Interrupted, "the reader of these bytes has stopped");
        state_->pieces.emplace_back(piece);
        state_->waiting += piece.size();
        state_->changed.notify_all();
    }
    return {};
}

Result<std::size_t> BytePipe::read(std::span<char> buffer) {
    if (state_->taken == state_->current.size()) {
        std::unique_lock lock(state_->mutex);
        state_->changed.wait(lock, [&] { return !state_->pieces.empty() || state_->closed; });
        if (state_->pieces.empty()) {
            MABPLAN_CHECK(state_->outcome);
            return std::size_t{0};
        }
        state_->current = std::move(state_->pieces.front());
        state_->pieces.pop_front();
        state_->waiting -= state_->current.size();
        state_->taken = 0;
        state_->changed.notify_all();
    }
    const std::size_t count = std::min(buffer.size(), state_->current.size() - state_->taken);
    std::memcpy(buffer.data(), state_->current.data() + state_->taken, count);
    state_->taken += count;
    return count;
}

void BytePipe::close(Status outcome) {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    state_->outcome = std::move(outcome);
    state_->changed.notify_all();
}

void BytePipe::hang_up() {
    const std::lock_guard lock(state_->mutex);
    state_->hung_up = true;
    state_->changed.notify_all();
}

namespace {

class ProducedSource final : public ByteSource {
public:
    ~ProducedSource() override {
        pipe_.hang_up();
        if (thread_.joinable()) thread_.join();
    }
    Status start(std::function<Status(ByteSink&)> produce) {
        MABPLAN_TRY(thread, start_thread([this, produce = std::move(produce)] { pipe_.close(produce(pipe_)); }));
        thread_ = std::move(thread);
        return {};
    }
    Result<std::size_t> read(std::span<char> buffer) override { return pipe_.read(buffer); }

private:
    BytePipe pipe_;
    std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> read_produced(std::function<Status(ByteSink&)> produce) {
    auto source = std::make_unique<ProducedSource>();
    MABPLAN_CHECK(source->start(std::move(produce)));
    return source;
}

Result<std::unique_ptr<ByteSource>> read_ahead(std::unique_ptr<ByteSource> source) {
    return read_produced([shared = std::shared_ptr<ByteSource>(std::move(source))](ByteSink& out) -> Status {
        MABPLAN_CHECK(copy_bytes(*shared, out));
        return {};
    });
}

Result<std::size_t> HashingSource::read(std::span<char> buffer) {
    MABPLAN_TRY(count, source_->read(buffer));
    MABPLAN_CHECK(hash_.write(std::string_view(buffer.data(), count)));
    return count;
}

}  // namespace mabplan::runtime
