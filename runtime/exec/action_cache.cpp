#include "runtime/exec/action_cache.h"

#include "plans/base/format.h"

#include <algorithm>
#include <utility>

namespace mabplan::runtime {

std::string origin_text(const Origin& origin) { return format("{}:{} {}", origin.dockerfile, origin.line, origin.text); }

ResultKey ActionCache::definition_of(ActionId id) const {
    const Action& action = plan_.action(id);
    return {
        action.definition_key, KeyKind::Definition, action.instructions, [this, &action] {
            return Explanation{explain_fields(action.work, action.time, definition_inputs(plan_, action.work)), origin_text(action.origin)};
        }};
}

ResultKey ActionCache::content_of(ActionId id, const InputIdentity& inputs) const {
    const Action& action = plan_.action(id);
    return {hash_fields(action.work, action.time, inputs), KeyKind::Content, action.instructions, [&action, &inputs] {
                return Explanation{explain_fields(action.work, action.time, inputs), origin_text(action.origin)};
            }};
}

Result<std::optional<ActionResult>> ActionCache::find(const ResultKey& key) {
    MABPLAN_TRY(found, known_.find(key));
    if (!found) return found;
    MABPLAN_TRY(has_layer, has_layer_(found->diff_id));
    if (!has_layer) found.reset();
    return found;
}

std::vector<bool> ActionCache::find_downstream() const {
    if (fresh_stages_.empty()) return {};
    std::vector<bool> downstream(plan_.actions.size());
    const auto is_on_fresh = [&](ActionId input) {
        return downstream[input.index] || fresh_stages_.contains(plan_.action(input).origin.stage);
    };
    // inputs may stand in any order: until nothing changes
    for (bool changed = true; std::exchange(changed, false);) {
        for (std::size_t i = 0; i < downstream.size(); ++i) {
            const std::vector<ActionId> inputs = inputs_of(plan_.actions[i].work);
            if (downstream[i] || !std::any_of(inputs.begin(), inputs.end(), is_on_fresh)) continue;
            downstream[i] = changed = true;
        }
    }
    return downstream;
}

Result<bool> ActionCache::look_up(ActionId id) {
    if (is_executed_again(id) || (!downstream_.empty() && downstream_[id.index])) return false;
    MABPLAN_TRY(found, find(definition_of(id)));
    if (!found) return false;
    results_.remember(id, *found);
    return true;
}

std::optional<Digest> ActionCache::content_key(ActionId id, const InputIdentity& inputs) const {
    return is_executed_again(id) ? std::nullopt : std::optional(content_of(id, inputs).digest);
}

Result<std::optional<Executed>> ActionCache::find_content(ActionId id, const InputIdentity& inputs, KeysOf keys) {
    if (is_executed_again(id)) return std::optional<Executed>{};
    MABPLAN_TRY(found, find(content_of(id, inputs)));
    if (!found) return std::optional<Executed>{};
    if (keys == KeysOf::DefinitionAndContent) MABPLAN_CHECK(known_.put(definition_of(id), *found));
    results_.remember(id, *found);
    return std::optional<Executed>(Executed{*std::move(found), HowDone::CachedContent});
}

Status ActionCache::record(ActionId id, const InputIdentity& inputs, const ActionResult& result, KeysOf keys) {
    MABPLAN_CHECK(known_.put(content_of(id, inputs), result));
    if (keys == KeysOf::DefinitionAndContent) MABPLAN_CHECK(known_.put(definition_of(id), result));
    results_.remember(id, result);
    return {};
}

Result<ActionResult> ActionCache::find_or_make(const MountedCopy& copy, const std::function<Result<ActionResult>()>& make) {
    const ResultKey key{hash_fields(copy.copy, copy.time, copy.inputs), KeyKind::Content, {}, [&] {
                            return Explanation{explain_fields(copy.copy, copy.time, copy.inputs), copy.origin};
                        }};
    MABPLAN_TRY(found, find(key));
    if (found) return *std::move(found);
    MABPLAN_TRY(made, make());
    MABPLAN_CHECK(known_.put(key, made));
    return made;
}

}  // namespace mabplan::runtime
