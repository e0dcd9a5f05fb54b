#include "plans/base/json.h"

#include "plans/base/format.h"

#include <set>
#include <vector>

namespace mabplan {

Result<Json> parse_json(std::string_view text, std::string_view what, ErrorKind kind, JsonLimits limits) {
    if (text.size() > limits.max_bytes)
        return fail(kind, format("{} has {} bytes: at most {} are read", what, text.size(), limits.max_bytes));
    std::string problem;
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > limits.max_depth && problem.empty()) problem = format("is nested deeper than {} levels", limits.max_depth);
        if (event == Json::parse_event_t::object_start) keys.emplace_back();
        if (event == Json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
        if (event == Json::parse_event_t::key && !keys.empty() && !keys.back().insert(parsed.get<std::string>()).second && problem.empty())
            problem = format("has the key \"{}\" twice", parsed.get<std::string>());
        return problem.empty();
    };
    try {
        Json value = Json::parse(text, watch);
        if (!problem.empty()) return fail(kind, format("{} {}", what, problem));
        return value;
    } catch (const Json::exception& thrown) {
        if (!problem.empty()) return fail(kind, format("{} {}", what, problem));
        return fail(kind, format("{} is not valid JSON: {}", what, thrown.what()));
    }
}

std::string dump_json(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string dump_json_pretty(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }
std::string dump_json_pretty(const OrderedJson& value) { return value.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n"; }

const Json* find_member(const Json& object, const char* key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> find_string(const Json& object, const char* key) {
    const Json* found = find_member(object, key);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

std::optional<std::int64_t> find_integer(const Json& object, const char* key) {
    const Json* found = find_member(object, key);
    if (found == nullptr || !found->is_number_integer()) return std::nullopt;
    return found->get<std::int64_t>();
}

}  // namespace mabplan
