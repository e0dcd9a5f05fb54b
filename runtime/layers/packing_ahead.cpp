#include "runtime/layers/packing_ahead.h"

namespace mabplan::runtime {

PackingAhead::~PackingAhead() {
    {
        const auto queue = queue_.lock();
        queue->wanted.clear();
        queue->ending = true;
    }
    changed_.notify_all();
}

void PackingAhead::want(const Digest& diff_id, Compression compression) {
    {
        const auto queue = queue_.lock();
        queue->wanted.emplace_back(diff_id, compression);
        if (!std::exchange(queue->has_thread, true)) worker_.start(1, [this] { return run(); });
    }
    changed_.notify_all();
}

void PackingAhead::give_up() { queue_.lock()->wanted.clear(); }

Status PackingAhead::run() {
    let_others_go_first();
    auto queue = queue_.lock();
    for (;;) {
        queue.wait(changed_, [&] { return queue->ending || !queue->wanted.empty(); });
        if (queue->wanted.empty()) return {};
        const auto wanted = std::move(queue->wanted.front());
        queue->wanted.pop_front();
        queue.without([&] { static_cast<void>(without_throwing([&] { return layers_.pack(wanted.first, wanted.second); })); });
    }
}

}  // namespace mabplan::runtime
