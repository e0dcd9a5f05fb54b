// Actions from the JSON objects of a plan. Knows what one action may say; that inputs stand before it is checked here too.
#pragma once

#include "plans/base/json.h"
#include "plans/codec/members.h"
#include "plans/model/plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::codec {

class ActionReader {
public:
    // `plan` is the one being read: contexts and earlier actions are in it. The first fault found stays in `fault`.
    ActionReader(const Plan& plan, std::string& fault) : plan_(plan), fault_(fault) {}

    Action read(const Json& json, const std::string& path);
    Origin origin(const Json& json, const std::string& path);
    // The index of an action that stands before, or null. A larger one is a fault.
    std::optional<ActionId> id(Members& members, const char* key);

private:
    Work work(Members& members, const std::string& path);
    BaseLayer base_layer(const Json& json, const std::string& path);
    ImageLocation location(const Json& json, const std::string& path);
    ImageAction image(Members& members, const std::string& path);
    RunAction run(Members& members);
    CopyAction copy(Members& members);
    FileOrigin file_origin(Members& members, const std::string& path);
    Mount mount(const Json& json, const std::string& path);
    CacheMount cache_mount(Members& members, const std::string& path);
    std::optional<LayerTime> time(Members& members, const std::string& path);
    std::vector<InstructionId> instructions(Members& members, std::string_view kind);

    const Plan& plan_;
    std::string& fault_;
};

}  // namespace mabplan::codec
