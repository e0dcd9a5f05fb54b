// A result cache in memory that counts what it is asked, and can be made to fail.
#pragma once

#include "runtime/store/result_cache.h"

#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace mabplan::tests {

class FakeResultCache final : public runtime::ResultCache {
public:
    struct Kept {
        runtime::KeyKind kind = runtime::KeyKind::Definition;
        runtime::ActionResult result;
        runtime::Explanation why;
        std::vector<InstructionId> instructions;
    };

    Result<std::optional<runtime::ActionResult>> find(const runtime::ResultKey& key) override {
        const std::scoped_lock lock(mutex_);
        ++finds;
        if (failure) return fail(*failure);
        const auto found = kept.find(key.digest);
        return found == kept.end() ? std::optional<runtime::ActionResult>{} : found->second.result;
    }
    Status put(const runtime::ResultKey& key, const runtime::ActionResult& result) override {
        const std::scoped_lock lock(mutex_);
        ++puts;
        if (failure) return fail(*failure);
        kept[key.digest] = {key.kind, result, key.explain(), key.instructions};
        return {};
    }

    std::map<Digest, Kept> kept;
    int finds = 0;
    int puts = 0;
    std::optional<Error> failure;  // of every call

private:
    std::mutex mutex_;
};

}  // namespace mabplan::tests
