// What need not be made again: the result of an action by its definition key, then by the content that it really reads. Knows keys, and
// whether a layer is at hand; how anything is made is others'.
#pragma once

#include "plans/model/action_key.h"
#include "runtime/exec/action_results.h"
#include "runtime/exec/executed.h"
#include "runtime/store/result_cache.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mabplan::runtime {

// As results name it for people.
std::string origin_text(const Origin& origin);

// What a result is recorded by: Content alone for one that another host would not have made.
enum class KeysOf { DefinitionAndContent, Content };

enum class UseOfCache {
    All,
    NoResults,  // actions are executed whatever is known; the files of mounts are no actions
};

class ActionCache {
public:
    // A result counts only while its layer is at hand or can be had.
    using HasLayer = std::function<Result<bool>(const Digest& diff_id)>;
    // `fresh_stages`: by name, of which everything is executed whatever is known. What builds on them is asked for by its content alone.
    ActionCache(const Plan& plan, ActionResults& results, ResultCache& known, HasLayer has_layer, UseOfCache use,
                std::set<std::string> fresh_stages = {})
        : plan_(plan),
          results_(results),
          known_(known),
          has_layer_(std::move(has_layer)),
          use_(use),
          fresh_stages_(std::move(fresh_stages)),
          downstream_(find_downstream()) {}

    // What tells it from all others of the same content. Nothing: it is executed whatever is known.
    std::optional<Digest> content_key(ActionId id, const InputIdentity& inputs) const;
    // By its definition. What is found is remembered among the results of this run, here and below.
    Result<bool> look_up(ActionId id);
    // By what its inputs were found to be; the result also stands for this definition from now on.
    Result<std::optional<Executed>> find_content(ActionId id, const InputIdentity& inputs, KeysOf keys = KeysOf::DefinitionAndContent);
    Status record(ActionId id, const InputIdentity& inputs, const ActionResult& result, KeysOf keys = KeysOf::DefinitionAndContent);

    // A copy that is no action of the plan: files that are mounted. `make` makes its layer, if it is not there.
    struct MountedCopy {
        const CopyAction& copy;
        const std::optional<LayerTime>& time;
        const InputIdentity& inputs;
        std::string origin;  // for people
    };
    Result<ActionResult> find_or_make(const MountedCopy& copy, const std::function<Result<ActionResult>()>& make);

private:
    ResultKey definition_of(ActionId id) const;
    ResultKey content_of(ActionId id, const InputIdentity& inputs) const;
    Result<std::optional<ActionResult>> find(const ResultKey& key);
    std::vector<bool> find_downstream() const;
    bool is_executed_again(ActionId id) const {
        return use_ == UseOfCache::NoResults || fresh_stages_.contains(plan_.action(id).origin.stage);
    }

    const Plan& plan_;
    ActionResults& results_;
    ResultCache& known_;
    HasLayer has_layer_;
    UseOfCache use_;
    std::set<std::string> fresh_stages_;
    std::vector<bool> downstream_;  // by action: one of a fresh stage is among its inputs, or theirs; empty: none of any
};

}  // namespace mabplan::runtime
