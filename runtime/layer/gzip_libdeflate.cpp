// gzip encoding by libdeflate: one member per block of input, so that blocks can be packed side by side and the bytes do not depend
// on how many were.
#include "runtime/layer/codec_libraries.h"

#include "plans/base/format.h"
#include "runtime/sys/thread.h"

#include <libdeflate.h>

#include <condition_variable>
#include <deque>
#include <mutex>
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

// Threads that pack slots as they are handed in. The slots are the caller's again when finish() returns.
class Workers {
public:
    Workers() = default;
    ~Workers() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    Status open(std::size_t count) {
        while (threads_.size() < count) {
            MABPLAN_TRY(thread, start_thread([this] { run(); }));
            threads_.push_back(std::move(thread));
        }
        return {};
    }
    void start(Slot& slot) {
        slot.done = false;
        const std::lock_guard lock(mutex_);
        queue_.push_back(&slot);
        changed_.notify_all();
    }
    // False if there was no memory for it.
    bool finish(Slot& slot) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return slot.done; });
        return slot.packed > 0;
    }

private:
    void run() {
        const Compressor compressor(libdeflate_alloc_compressor(kLevel));
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            Slot& slot = *queue_.front();
            queue_.pop_front();
            lock.unlock();
            slot.packed = 0;
            if (compressor) pack(compressor.get(), slot);
            lock.lock();
            slot.done = true;
            changed_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Slot*> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

Status write_packed(Workers& workers, Slot& slot, ByteSink& out) {
    if (!workers.finish(slot)) return fail(ErrorKind::Environment, "there is no memory to pack a layer with gzip");
    return out.write(std::string_view(slot.output.data(), slot.packed));
}

}  // namespace

Status gzip_members(ByteSource& input, ByteSink& out, int threads) {
    const auto count = static_cast<std::size_t>(threads < 1 ? 1 : threads);
    std::vector<Slot> slots(count + 1);  // one is read or written while the others are packed
    Workers workers;
    MABPLAN_CHECK(workers.open(count));
    std::size_t started = 0;
    std::size_t written = 0;
    for (;;) {
        if (started - written == slots.size()) {
            MABPLAN_CHECK(write_packed(workers, slots[written % slots.size()], out));
            ++written;
        }
        Slot& slot = slots[started % slots.size()];
        MABPLAN_TRY(filled, read_full(input, slot.input));
        if (filled == 0 && started > 0) break;
        slot.filled = filled;
        workers.start(slot);
        ++started;
        if (filled < kBlockBytes) break;
    }
    for (; written < started; ++written) MABPLAN_CHECK(write_packed(workers, slots[written % slots.size()], out));
    return {};
}

std::string gzip_members_id() {
    return format("gzip libdeflate {} level {} members of {} bytes", LIBDEFLATE_VERSION_STRING, kLevel, kBlockBytes);
}

}  // namespace mabplan::runtime
