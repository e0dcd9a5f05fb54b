#include "plans/base/json.h"

#include "plans/base/base64.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <set>
#include <vector>

namespace mabplan {

namespace {

struct JsonFault {
    std::string what;      // goes on from the name of the text
    std::size_t read = 0;  // bytes up to the fault and with it; 0: it has no place
};

tl::expected<Json, JsonFault> parse(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.max_bytes)
        return tl::unexpected(JsonFault{format("has {} bytes: at most {} are read", text.size(), limits.max_bytes)});
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
        if (!problem.empty()) return tl::unexpected(JsonFault{std::move(problem)});
        return value;
    } catch (const Json::parse_error& thrown) {
        if (!problem.empty()) return tl::unexpected(JsonFault{std::move(problem)});
        return tl::unexpected(JsonFault{format("is not valid JSON: {}", thrown.what()), thrown.byte});
    } catch (const Json::exception& thrown) {
        return tl::unexpected(JsonFault{problem.empty() ? format("is not valid JSON: {}", thrown.what()) : std::move(problem)});
    }
}

// Where a byte is; the one behind the last is at the end of the last line.
SourcePlace place_in(const SourceTextPtr& text, std::size_t offset) {
    const std::string_view before = std::string_view(text->content()).substr(0, std::min(offset, text->content().size()));
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0
    if (line > text->line_count()) return {text, line - 1, text->line(line - 1).size() + 1};
    return {text, line, before.size() - begin + 1};
}

// "[json.exception.parse_error.101] parse error at line 2, column 1: syntax error …": the place is told apart.
std::string without_place(std::string what) {
    const std::size_t begin = what.find('['), column = what.find(", column "), end = what.find(": ", column);
    return column == std::string::npos || end == std::string::npos ? what : what.erase(begin, end + 2 - begin);
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view what, ErrorKind kind, JsonLimits limits) {
    auto parsed = parse(text, limits);
    if (!parsed) return fail(kind, format("{} {}", what, parsed.error().what));
    return *std::move(parsed);
}

Result<Json> parse_json(const SourceTextPtr& text, ErrorKind kind, JsonLimits limits) {
    auto parsed = parse(text->content(), limits);
    if (parsed) return *std::move(parsed);
    const JsonFault& fault = parsed.error();
    if (fault.read == 0) return fail(kind, format("{} {}", text->name(), fault.what));
    return fail(Error{kind, format("{} {}", text->name(), without_place(fault.what))}.at(place_in(text, fault.read - 1)));
}

std::string dump_json(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string dump_json(const OrderedJson& value) { return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace); }
std::string dump_json_pretty(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }
std::string dump_json_pretty(const OrderedJson& value) { return value.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n"; }

Json write_bytes(std::string_view bytes) {
    if (is_valid_utf8(bytes)) return std::string(bytes);
    return {{"base64", to_base64(bytes)}};
}

std::optional<std::string> read_bytes(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    const auto coded = value.is_object() && value.size() == 1 ? find_string(value, "base64") : std::nullopt;
    auto decoded = coded ? from_base64(*coded) : std::nullopt;
    return decoded && !is_valid_utf8(*decoded) ? std::move(decoded) : std::nullopt;
}

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
