// Reading the members of one JSON object strictly: each is asked for once, the first fault sticks, what nobody asked for is a fault.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/json.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::codec {

class Members {
public:
    // `path` is where the object stands in the document, as in "actions[3]". `fault` is shared by all readers of one document.
    Members(const Json& object, std::string path, std::string& fault);

    // A string, or {"base64": "…"} for bytes that are no UTF-8.
    std::string text(const char* key);
    std::vector<std::string> texts(const char* key);
    std::map<std::string, std::string> text_map(const char* key);
    std::uint64_t number(const char* key, std::uint64_t most);
    std::optional<std::int64_t> signed_or_null(const char* key);
    std::optional<std::uint32_t> number_or_null(const char* key, std::uint64_t most);
    double real(const char* key, double most);  // from 0
    bool flag(const char* key);
    Digest digest(const char* key);
    const Json& object(const char* key);
    bool is_null(const char* key) { return get(key).is_null(); }
    bool has(const char* key) const { return object_.contains(key); }
    // Calls for each element of an array, with its path.
    void each(const char* key, const std::function<void(const Json&, const std::string&)>& read);
    // The same for an array of objects: `read` asks for all that an element has.
    void each_object(const char* key, const std::function<void(Members&)>& read);
    template <class Table>
    auto word(const char* key, const Table& table) {
        const std::string found = text(key);
        for (const auto& [value, name] : table)
            if (name == found) return value;
        fail(key, "has the unknown value \"" + found + "\"");
        return table[0].first;
    }

    void fail(const char* key, const std::string& what);
    void no_others();  // every member was asked for

private:
    const Json& get(const char* key);
    std::string bytes(const Json& value, const char* key);
    const Json& object_;
    std::string path_;
    std::string& fault_;
    std::set<std::string> seen_;
};

}  // namespace mabplan::codec
