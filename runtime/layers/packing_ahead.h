// Packs layers as outputs will want them while other actions still run: on one thread, which waits for network, disk and commands less
// than these do. Whoever asks for a packed layer later finds it, or waits for what is left of it. What fails here fails again, and is told
// of, where the layer is asked for. Does not know who asks.
#pragma once

#include "runtime/layers/layer_store.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <condition_variable>
#include <deque>
#include <utility>

namespace mabplan::runtime {

class PackingAhead {
public:
    // Of layers that the store can open. It ends before the store does.
    explicit PackingAhead(LayerStore& layers) : layers_(layers) {}
    ~PackingAhead();
    PackingAhead(const PackingAhead&) = delete;
    PackingAhead& operator=(const PackingAhead&) = delete;

    // From any thread. It is not waited for; where no thread is to be had nothing is done.
    void want(const Digest& diff_id, Compression compression);
    // Nothing more is begun: what was wanted is packed by who asks for it.
    void give_up();

private:
    struct Queue {
        std::deque<std::pair<Digest, Compression>> wanted;
        bool has_thread = false;  // or there is none to be had
        bool ending = false;
    };
    Status run();

    LayerStore& layers_;
    Guarded<Queue> queue_;
    std::condition_variable changed_;
    Workers worker_;  // ends before the rest goes
};

}  // namespace mabplan::runtime
