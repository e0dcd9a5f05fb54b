#include "runtime/layers/packing_ahead.h"

namespace mabplan::runtime {

void PackingAhead::want(const Digest& diff_id, Compression compression) {
    {
        const auto queue = queue_.lock();
        queue->wanted.emplace_back(diff_id, compression);
        if (!std::exchange(queue->has_worker, true)) worker_.start(1, [this] { return run(); });
    }
    changed_.notify_all();
}

void PackingAhead::give_up_all_but(const std::set<Digest>& needed) {
    const auto queue = queue_.lock();
    queue->wanted.clear();
    if (queue->packing && !needed.contains(*queue->packing)) given_up_.give_up();
}

void PackingAhead::end() {
    give_up_all_but({});
    queue_.lock()->is_ending = true;
    changed_.notify_all();
    static_cast<void>(worker_.join());
    *queue_.lock() = {};
}

Status PackingAhead::run() {
    let_others_go_first();
    auto queue = queue_.lock();
    for (;;) {
        queue.wait(changed_, [&] { return queue->is_ending || !queue->wanted.empty(); });
        if (queue->wanted.empty()) return {};
        const auto wanted = std::move(queue->wanted.front());
        queue->wanted.pop_front();
        queue->packing = wanted.first;
        queue.without(
            [&] { static_cast<void>(without_throwing([&] { return layers_.pack_ahead(wanted.first, wanted.second, given_up_); })); });
        queue->packing.reset();
        given_up_.begin_anew();
    }
}

}  // namespace mabplan::runtime
