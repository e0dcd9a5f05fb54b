// Packs layers as outputs will want them while other actions still run, on one thread, which lets these go first. Whoever asks for a packed
// layer later finds it, or waits for what is left of it. What fails here fails again, and is told of, where the layer is asked for. Does
// not know who asks.
#pragma once

#include "runtime/layers/layer_store.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/stop.h"
#include "runtime/sys/thread.h"

#include <condition_variable>
#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace mabplan::runtime {

class PackingAhead {
public:
    // Of layers that the store can open. It ends before the store does.
    explicit PackingAhead(LayerStore& layers) : layers_(layers) {}
    ~PackingAhead() { end(); }
    PackingAhead(const PackingAhead&) = delete;
    PackingAhead& operator=(const PackingAhead&) = delete;

    // From any thread. It is not waited for; where no thread is to be had nothing is done.
    void want(const Digest& diff_id, Compression compression);
    // Nothing more is begun: what was wanted is packed by who asks for it. What is being packed goes on if it is among these.
    void give_up_all_but(const std::set<Digest>& needed);
    // Nothing is packed any more when this returns. Then layers may be wanted again.
    void end();

private:
    struct Queue {
        std::deque<std::pair<Digest, Compression>> wanted;
        std::optional<Digest> packing;
        bool has_worker = false;  // or there is none to be had
        bool is_ending = false;
    };
    Status run();

    LayerStore& layers_;
    Guarded<Queue> queue_;
    std::condition_variable changed_;
    Stop given_up_;  // of what is being packed
    Workers worker_;
};

}  // namespace mabplan::runtime
