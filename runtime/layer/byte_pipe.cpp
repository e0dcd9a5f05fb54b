#include "runtime/layer/byte_pipe.h"

#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace mabplan::runtime {

namespace {
constexpr std::size_t kPieceBytes = 128U << 10U;  // what comes in less is gathered: each piece may wake another thread
constexpr std::size_t kMaxWaiting = 1U << 20U;    // bytes in the pipe, but for one piece more
constexpr std::size_t kRoomAgain = kMaxWaiting / 2;
}  // namespace

struct BytePipe::State {
    struct Shared {
        std::deque<std::string> pieces;
        std::vector<std::string> spare;  // empty ones, with their memory
        std::size_t waiting = 0;         // bytes in `pieces`
        bool is_full = false;            // until half of it is read
        bool closed = false;
        bool hung_up = false;
        Status outcome;
    };
    Guarded<Shared> shared;
    std::condition_variable changed;
    std::string gathered;  // the writer's
    std::string current;   // the reader's
    std::size_t taken = 0;

    Status pass_on();
};

BytePipe::BytePipe() : state_(std::make_unique<State>()) {}
BytePipe::~BytePipe() = default;

// Whoever is woken finds the lock free.
Status BytePipe::State::pass_on() {
    {
        auto locked = shared.lock();
        locked.wait(changed, [&] { return locked->hung_up || !locked->is_full; });
        if (locked->hung_up) return fail(ErrorKind::Interrupted, "the reader of these bytes has stopped");
        locked->waiting += gathered.size();
        locked->is_full = locked->waiting >= kMaxWaiting;
        locked->pieces.push_back(std::exchange(gathered, {}));
        if (!locked->spare.empty()) {
            gathered = std::move(locked->spare.back());
            locked->spare.pop_back();
        }
    }
    changed.notify_all();
    return {};
}

Status BytePipe::write(std::string_view bytes) {
    while (!bytes.empty()) {
        std::string& gathered = state_->gathered;
        if (gathered.empty()) gathered.reserve(kPieceBytes);
        const std::string_view piece = bytes.substr(0, kPieceBytes - gathered.size());
        gathered += piece;
        bytes.remove_prefix(piece.size());
        if (gathered.size() == kPieceBytes) MABPLAN_CHECK(state_->pass_on());
    }
    return {};
}

Result<std::size_t> BytePipe::read(std::span<char> buffer) {
    if (state_->taken == state_->current.size()) {
        bool has_room_again = false;
        {
            auto shared = state_->shared.lock();
            shared.wait(state_->changed, [&] { return !shared->pieces.empty() || shared->closed; });
            if (shared->pieces.empty()) {
                MABPLAN_CHECK(shared->outcome);
                return std::size_t{0};
            }
            state_->current.clear();
            shared->spare.push_back(std::exchange(state_->current, std::move(shared->pieces.front())));
            shared->pieces.pop_front();
            shared->waiting -= state_->current.size();
            has_room_again = shared->is_full && shared->waiting <= kRoomAgain;
            if (has_room_again) shared->is_full = false;
        }
        state_->taken = 0;
        if (has_room_again) state_->changed.notify_all();
    }
    const std::size_t count = std::min(buffer.size(), state_->current.size() - state_->taken);
    std::memcpy(buffer.data(), state_->current.data() + state_->taken, count);
    state_->taken += count;
    return count;
}

void BytePipe::close(Status outcome) {
    if (!state_->gathered.empty()) static_cast<void>(state_->pass_on());  // a reader that has stopped wants no more
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
