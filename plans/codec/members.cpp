#include "plans/codec/members.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

namespace mabplan::codec {

namespace {

const Json kNull = nullptr;

}  // namespace

Members::Members(const Json& object, std::string path, std::string& fault) : object_(object), path_(std::move(path)), fault_(fault) {
    if (!object.is_object() && fault_.empty()) fault_ = format("{} is not an object", path_);
}

void Members::fail(const char* key, const std::string& what) {
    if (fault_.empty()) fault_ = format("{}.{} {}", path_, key, what);
}

const Json& Members::get(const char* key) {
    seen_.insert(key);
    const Json* found = find_member(object_, key);
    if (found != nullptr) return *found;
    fail(key, "is missing");
    return kNull;
}

std::string Members::bytes(const Json& value, const char* key) {
    if (auto read = read_bytes(value)) return *std::move(read);
    fail(key, "is not a string");
    return {};
}

std::string Members::text(const char* key) { return bytes(get(key), key); }

std::vector<std::string> Members::texts(const char* key) {
    std::vector<std::string> out;
    each(key, [&](const Json& value, const std::string&) { out.push_back(bytes(value, key)); });
    return out;
}

std::map<std::string, std::string> Members::text_map(const char* key) {
    std::map<std::string, std::string> out;
    const Json& value = object(key);
    if (!value.is_object()) return out;
    for (const auto& [name, text] : value.items()) {
        if (text.is_string()) out.emplace(name, text.get<std::string>());
        else fail(key, "has a value that is not a string");
    }
    return out;
}

std::uint64_t Members::number(const char* key, std::uint64_t most) {
    const Json& value = get(key);
    if (value.is_number_unsigned() && value.get<std::uint64_t>() <= most) return value.get<std::uint64_t>();
    fail(key, format("is not a whole number from 0 to {}", most));
    return 0;
}

std::optional<std::uint32_t> Members::number_or_null(const char* key, std::uint64_t most) {
    if (get(key).is_null()) return std::nullopt;
    return static_cast<std::uint32_t>(number(key, most));
}

std::optional<std::int64_t> Members::signed_or_null(const char* key) {
    const Json& value = get(key);
    if (value.is_null()) return std::nullopt;
    const bool is_too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
    if (value.is_number_integer() && !is_too_large) return value.get<std::int64_t>();
    fail(key, "is neither a whole number nor null");
    return std::nullopt;
}

double Members::real(const char* key, double most) {
    const Json& value = get(key);
    if (value.is_number() && value.get<double>() >= 0 && value.get<double>() <= most) return value.get<double>();
    fail(key, format("is not a number from 0 to {}", most));
    return 0;
}

bool Members::flag(const char* key) {
    const Json& value = get(key);
    if (value.is_boolean()) return value.get<bool>();
    fail(key, "is neither true nor false");
    return false;
}

Digest Members::digest(const char* key) {
    const auto parsed = Digest::parse(text(key));
    if (parsed) return *parsed;
    fail(key, "is not a digest");
    return {};
}

const Json& Members::object(const char* key) {
    const Json& value = get(key);
    if (!value.is_object()) fail(key, "is not an object");
    return value;
}

void Members::each(const char* key, const std::function<void(const Json&, const std::string&)>& read) {
    const Json& value = get(key);
    if (!value.is_array()) return fail(key, "is not an array");
    for (std::size_t i = 0; i < value.size() && fault_.empty(); ++i) read(value[i], format("{}.{}[{}]", path_, key, i));
}

void Members::each_object(const char* key, const std::function<void(Members&)>& read) {
    each(key, [&](const Json& value, const std::string& path) {
        Members members(value, path, fault_);
        read(members);
        members.no_others();
    });
}

void Members::no_others() {
    if (!object_.is_object() || !fault_.empty()) return;
    for (const auto& [name, value] : object_.items()) {
        if (seen_.contains(name)) continue;
        const std::vector<std::string> known(seen_.begin(), seen_.end());
        const std::string meant = suggestion(name, known);
        fault_ = format("{} has the unknown member {}{}{}", path_, quoted(name), meant.empty() ? "" : ": ", meant);
        return;
    }
}

}  // namespace mabplan::codec
