// gzip encoding by libdeflate: one member for each piece of the input (member_cuts.h), so that they can be packed side by side and the
// bytes do not depend on how many were, nor on which were packed before.
#include "runtime/layer/codec_libraries.h"

#include "plans/base/digest.h"
#include "plans/base/format.h"
#include "runtime/layer/member_cuts.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <libdeflate.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kSlotsOfAWorker = 3;  // members differ in size: one that is large keeps no other worker waiting
constexpr std::size_t kManySlots = 48;      // of many workers one each and one more: a slot may hold some MiB
constexpr int kLevel = 5;  // smaller than what zlib makes at 6, and a fifth faster than 6 here, which gains one part in 150

struct FreeCompressor {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};
using Compressor = std::unique_ptr<libdeflate_compressor, FreeCompressor>;

struct Slot {
    std::vector<char> input;
    Digest digest;            // of the input; none where nobody asks for it
    std::string output;       // keeps its size from one member to the next: what it grows by is filled with zeros first
    bool has_output = false;  // else there was no memory for it
    bool done = false;        // by the worker
};

// What one worker packs with. Most of a buffer for the largest output is never touched, which is why it is not filled with zeros.
class Packer {
public:
    void pack(Slot& slot, PackedMembers* known) {
        slot.has_output = false;
        if (known != nullptr) {
            slot.digest = Digest::of(std::string_view(slot.input.data(), slot.input.size()));
            slot.has_output = known->find(slot.digest, slot.output);
        }
        if (slot.has_output || compressor_ == nullptr) return;
        const std::size_t most = libdeflate_gzip_compress_bound(compressor_.get(), slot.input.size());
        if (most > size_) {
            buffer_ = std::make_unique_for_overwrite<char[]>(most);
            size_ = most;
        }
        const std::size_t bytes = libdeflate_gzip_compress(compressor_.get(), slot.input.data(), slot.input.size(), buffer_.get(), size_);
        slot.output.assign(buffer_.get(), bytes);
        slot.has_output = bytes > 0;
    }

private:
    Compressor compressor_{libdeflate_alloc_compressor(kLevel)};
    std::unique_ptr<char[]> buffer_;
    std::size_t size_ = 0;
};

// Packs slots as they are handed in: on as many threads as can be had, on the caller's where there are none. The slots are the caller's
// again when finish() returns.
class Packers {
public:
    Packers(std::size_t count, PackedMembers* known) : known_(known) {
        alone_ = workers_.start(count, [this] { return run(); }) == 0;
        if (alone_) mine_ = std::make_unique<Packer>();
    }
    ~Packers() {
        queue_.lock()->ending = true;
        changed_.notify_all();
    }
    Packers(const Packers&) = delete;
    Packers& operator=(const Packers&) = delete;

    void start(Slot& slot) {
        slot.done = alone_;
        if (alone_) return mine_->pack(slot, known_);
        queue_.lock()->slots.push_back(&slot);
        changed_.notify_all();
    }
    // False if there was no memory for it.
    bool finish(Slot& slot) {
        auto queue = queue_.lock();
        queue.wait(changed_, [&] { return slot.done; });
        return slot.has_output;
    }

private:
    struct Queue {
        std::deque<Slot*> slots;
        bool ending = false;
    };

    Status run() {
        Packer packer;
        auto queue = queue_.lock();
        for (;;) {
            queue.wait(changed_, [&] { return queue->ending || !queue->slots.empty(); });
            if (queue->slots.empty()) return {};
            Slot& slot = *queue->slots.front();
            queue->slots.pop_front();
            const Status packed = queue.without([&] {
                return without_throwing([&]() -> Status {
                    packer.pack(slot, known_);
                    return {};
                });
            });
            if (!packed) slot.has_output = false;
            slot.done = true;
            changed_.notify_all();
        }
    }

    PackedMembers* known_;
    Guarded<Queue> queue_;  // and whether a slot is done
    std::condition_variable changed_;
    bool alone_ = false;
    std::unique_ptr<Packer> mine_;
    Workers workers_;  // end before the rest goes
};

// Members as they come, to where they stand in the file.
class MemberFile {
public:
    MemberFile(ByteSink& out, PackedMembers* known) : out_(out), known_(known) {}
    Status write(Packers& packers, Slot& slot) {
        if (!packers.finish(slot)) return fail(ErrorKind::Environment, "there is no memory to pack a layer with gzip");
        if (known_ != nullptr) known_->note(slot.digest, offset_, slot.output);
        offset_ += slot.output.size();
        return out_.write(slot.output);
    }

private:
    ByteSink& out_;
    PackedMembers* known_;
    std::uint64_t offset_ = 0;
};

}  // namespace

Status gzip_members(ByteSource& input, ByteSink& out, int threads, PackedMembers* known) {
    const auto count = static_cast<std::size_t>(threads < 1 ? 1 : threads);
    std::vector<Slot> slots(std::max(count + 1, std::min(count * kSlotsOfAWorker, kManySlots)));
    Packers packers(count, known);
    MemberCuts cuts(input);
    MemberFile file(out, known);
    std::size_t started = 0;
    std::size_t written = 0;
    for (;;) {
        if (started - written == slots.size()) {
            MABPLAN_CHECK(file.write(packers, slots[written % slots.size()]));
            ++written;
        }
        Slot& slot = slots[started % slots.size()];
        MABPLAN_TRY(there_is_one, cuts.next(slot.input));
        if (!there_is_one && started > 0) break;  // of nothing at all there is one that is empty
        packers.start(slot);
        ++started;
        if (!there_is_one) break;
    }
    for (; written < started; ++written) MABPLAN_CHECK(file.write(packers, slots[written % slots.size()]));
    return {};
}

std::string gzip_members_id() {
    return format("gzip libdeflate {} level {} members of about {} bytes cut 1", LIBDEFLATE_VERSION_STRING, kLevel,
                  MemberCuts::kUsualBytes);
}

}  // namespace mabplan::runtime
