// Every place of a JSON document, with the words that readers name it by, for tests that change a document place by place.
#pragma once

#include "plans/base/format.h"
#include "plans/base/json.h"

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mabplan::tests {

struct DocumentPlace {
    Json::json_pointer at;
    std::string words;   // "plan.actions[3].root"
    std::string parent;  // "plan.actions[3]"
    std::string key;     // "root"; of an element that of its array
    enum class Kind { Member, Element } kind = Kind::Member;
};

class DocumentWalk {
public:
    // `free`: members whose own members are anybody's.
    DocumentWalk(const Json& document, const std::string& root, std::set<std::string> free) : free_(std::move(free)) {
        objects_.emplace_back(Json::json_pointer(), root);
        enter(document, Json::json_pointer(), root, {});
    }
    const std::vector<DocumentPlace>& places() const& { return places_; }
    const std::vector<std::pair<Json::json_pointer, std::string>>& objects() const& { return objects_; }

private:
    void enter(const Json& value, const Json::json_pointer& at, const std::string& words, const std::string& key) {
        if (value.is_object() && !free_.contains(key)) {
            for (const auto& [name, inner] : value.items())
                visit(inner, {at / name, words + "." + name, words, name, DocumentPlace::Kind::Member});
        } else if (value.is_array()) {
            for (std::size_t i = 0; i < value.size(); ++i)
                visit(value[i], {at / i, format("{}[{}]", words, i), words, key, DocumentPlace::Kind::Element});
        }
    }
    void visit(const Json& value, const DocumentPlace& place) {
        const bool is_bytes = value.is_object() && value.contains("base64");
        if (value.is_object() && !is_bytes && !free_.contains(place.key)) objects_.emplace_back(place.at, place.words);
        places_.push_back(place);
        if (!is_bytes) enter(value, place.at, place.words, place.key);
    }

    std::set<std::string> free_;
    std::vector<DocumentPlace> places_;
    std::vector<std::pair<Json::json_pointer, std::string>> objects_;
};

// Reads the document after a change; the message of the fault, "read" if there was none.
using ReadChanged = std::function<std::string(const Json&)>;

inline void remove(Json& document, const Json::json_pointer& at) { document[at.parent_pointer()].erase(at.back()); }

// What a value of that place is never: nothing is both an array and true or false.
inline Json other_kind(const Json& value) { return value.is_array() ? Json(true) : Json::array(); }

}  // namespace mabplan::tests
