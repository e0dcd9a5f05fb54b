// Any text as a plan, as it is and with keys and checksum made right, so that it is refused for what it says alone. What is read says
// all that the text said; written, it gives the same bytes from then on.
#include "plans/base/json.h"
#include "plans/codec/action_reader.h"
#include "plans/codec/plan_reader.h"
#include "plans/codec/plan_writer.h"
#include "plans/model/action_key.h"
#include "tests/fuzz/oracle.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace mabplan;
using tests::must;

// As who edits a plan and wants it to be taken: the key of an action is right if the ones before it are.
void seal_actions(Json& document) {
    if (!document.contains("actions") || !document["actions"].is_array()) return;
    Plan plan;
    if (document.contains("contexts") && document["contexts"].is_array()) plan.contexts.resize(document["contexts"].size());
    std::string fault;
    codec::ActionReader reader(plan, fault);
    for (Json& json : document["actions"]) {
        if (!json.is_object()) return;
        json["key"] = Digest::of("").text();
        Action action = reader.read(json, "action");
        if (fault.find("does not belong to the fields beside it") == std::string::npos) return;
        fault.clear();
        action.definition_key = definition_key(plan, action.work, action.time);
        json["key"] = action.definition_key.text();
        plan.actions.push_back(std::move(action));
    }
}

std::string sealed(std::string_view text) {
    auto document = parse_json(text, "plan");
    if (!document || !document->is_object()) return {};
    seal_actions(*document);
    document->erase("checksum");
    (*document)["checksum"] = Digest::of(dump_json(*document)).text();
    return dump_json(*document);
}

void check_plan(std::string_view text) {
    const auto plan = read_plan(text, "plan");
    if (!plan) return must(plan.error().kind == ErrorKind::Input, "a wrong plan is an input error");
    const std::string once = write_plan(*plan);
    must(Json::parse(once) == Json::parse(text), "a plan that is taken is taken whole");
    const auto again = read_plan(once, "plan");
    must(again.has_value(), "what was written can be read");
    must(write_plan(*again) == once, "what was written gives the same bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    check_plan(text);
    check_plan(sealed(text));
    return 0;
}
