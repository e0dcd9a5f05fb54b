// gzip encoding by libdeflate: one member per block of input, so that blocks can be packed side by side and the bytes do not depend
// on how many were.
#include "runtime/layer/codec_libraries.h"

#include "plans/base/format.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <libdeflate.h>

#include <condition_variable>
#include <deque>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr int kLevel = 6;
constexpr std::size_t kBlockBytes = 1U << 20U;

struct FreeCompressor {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};
using Compressor = std::unique_ptr<libdeflate_compressor, FreeCompressor>;

struct Slot {
    std::vector<char> input = std::vector<char>(kBlockBytes);
    std::size_t filled = 0;
    std::vector<char> output;
    std::size_t packed = 0;  // bytes of output
    bool done = false;       // by the worker
};

void pack(libdeflate_compressor* compressor, Slot& slot) {
    slot.output.resize(libdeflate_gzip_compress_bound(compressor, kBlockBytes));
    slot.packed = libdeflate_gzip_compress(compressor, slot.input.data(), slot.filled, slot.output.data(), slot.output.size());
}

// Packs slots as they are handed in: on as many threads as can be had, on the caller's where there are none. The slots are the caller's
// again when finish() returns.
class Packers {
public:
    explicit Packers(std::size_t count) {
        alone_ = workers_.start(count, [this] { return run(); }) == 0;
        if (alone_) mine_ = Compressor(libdeflate_alloc_compressor(kLevel));
    }
    ~Packers() {
        queue_.lock()->ending = true;
        changed_.notify_all();
    }
    Packers(const Packers&) = delete;
    Packers& operator=(const Packers&) = delete;

    void start(Slot& slot) {
        slot.packed = 0;
        slot.done = alone_;
        if (mine_) pack(mine_.get(), slot);
        if (alone_) return;
        queue_.lock()->slots.push_back(&slot);
        changed_.notify_all();
    }
    // False if there was no memory for it.
    bool finish(Slot& slot) {
        auto queue = queue_.lock();
        queue.wait(changed_, [&] { return slot.done; });
        return slot.packed > 0;
    }

private:
    struct Queue {
        std::deque<Slot*> slots;
        bool ending = false;
    };

    Status run() {
        const Compressor compressor(libdeflate_alloc_compressor(kLevel));
        auto queue = queue_.lock();
        for (;;) {
            queue.wait(changed_, [&] { return queue->ending || !queue->slots.empty(); });
            if (queue->slots.empty()) return {};
            Slot& slot = *queue->slots.front();
            queue->slots.pop_front();
            const Status packed = queue.without([&] {
                return without_throwing([&]() -> Status {
                    if (compressor) pack(compressor.get(), slot);
                    return {};
                });
            });
            if (!packed) slot.packed = 0;
            slot.done = true;
            changed_.notify_all();
        }
    }

    Guarded<Queue> queue_;  // and whether a slot is done
    std::condition_variable changed_;
    bool alone_ = false;
    Compressor mine_;
    Workers workers_;  // end before the rest goes
};

Status write_packed(Packers& packers, Slot& slot, ByteSink& out) {
    if (!packers.finish(slot)) return fail(ErrorKind::Environment, "there is no memory to pack a layer with gzip");
    return out.write(std::string_view(slot.output.data(), slot.packed));
}

}  // namespace

Status gzip_members(ByteSource& input, ByteSink& out, int threads) {
    const auto count = static_cast<std::size_t>(threads < 1 ? 1 : threads);
    std::vector<Slot> slots(count + 1);  // one is read or written while the others are packed
    Packers packers(count);
    std::size_t started = 0;
    std::size_t written = 0;
    for (;;) {
        if (started - written == slots.size()) {
            MABPLAN_CHECK(write_packed(packers, slots[written % slots.size()], out));
            ++written;
        }
        Slot& slot = slots[started % slots.size()];
        MABPLAN_TRY(filled, read_full(input, slot.input));
        if (filled == 0 && started > 0) break;
        slot.filled = filled;
        packers.start(slot);
        ++started;
        if (filled < kBlockBytes) break;
    }
    for (; written < started; ++written) MABPLAN_CHECK(write_packed(packers, slots[written % slots.size()], out));
    return {};
}

std::string gzip_members_id() {
    return format("gzip libdeflate {} level {} members of {} bytes", LIBDEFLATE_VERSION_STRING, kLevel, kBlockBytes);
}

}  // namespace mabplan::runtime
