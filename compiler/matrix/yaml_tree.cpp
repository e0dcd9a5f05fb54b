#include "compiler/matrix/yaml_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace mabplan::compiler {

namespace {

constexpr std::string_view kStandardTag = "tag:yaml.org,2002:";

struct Size {
    std::size_t nodes = 1, bytes = 0;
    int depth = 1;
};

Size measure(const YamlNode& node) {
    Size total{1, node.text.size(), 1};
    const auto add = [&](const YamlNode& child, std::size_t key_bytes) {
        const Size size = measure(child);
        total.nodes += size.nodes;
        total.bytes += size.bytes + key_bytes;
        total.depth = std::max(total.depth, size.depth + 1);
    };
    for (const YamlNode& item : node.items) add(item, 0);
    for (const YamlEntry& entry : node.entries) add(entry.value, entry.key.size());
    return total;
}

// How much of the line the scalar takes, as far as it can be seen on that one line.
std::size_t scalar_width(std::string_view line, std::size_t column, const std::string& value) {
    if (column == 0 || column > line.size()) return 1;
    const std::string_view rest = line.substr(column - 1);
    if (rest[0] == '"' || rest[0] == '\'') {
        std::size_t end = 1;
        while (end < rest.size() && rest[end] != rest[0]) end += rest[0] == '"' && rest[end] == '\\' ? 2 : 1;
        return std::min(end + 1, rest.size());
    }
    return rest.starts_with(value) && !value.empty() ? value.size() : 1;
}

bool writes_null(std::string_view line, std::size_t column) {
    if (column == 0 || column > line.size()) return false;
    const std::string_view rest = line.substr(column - 1);
    return rest.starts_with('~') || equal_ignoring_case(rest.substr(0, 4), "null");
}

}  // namespace

SourcePlace YamlTree::place_of(const Event& event, std::size_t width) const {
    return SourcePlace{text_, std::min(event.line, text_->line_count()), event.column, width, 0};
}

void YamlTree::fail_at(SourcePlace place, std::string message, std::string hint) {
    if (!error_) error_ = Error{ErrorKind::Input, std::move(message), std::move(place), {}, std::move(hint)};
}

bool YamlTree::accept_tag(const Event& event, YamlKind kind) {
    const std::string_view tag = event.tag;
    if (tag.empty() || tag == "?" || tag == "!") return true;
    const std::string_view expected = kind == YamlKind::Map ? "map" : kind == YamlKind::Sequence ? "seq" : "str";
    if (tag.starts_with(kStandardTag) && tag.substr(kStandardTag.size()) == expected) return true;
    fail_at(place_of(event, 1), format("the tag {} is not accepted", quoted(tag)),
            "write the value without a tag; text in quotes stays text");
    return false;
}

bool YamlTree::charge(const YamlNode& node, const SourcePlace& place) {
    const Size size = measure(node);
    nodes_ += size.nodes;
    bytes_ += size.bytes;
    if (static_cast<int>(open_.size()) + size.depth > limits_.max_depth)
        fail_at(place, format("nested deeper than {} levels", limits_.max_depth));
    else if (nodes_ > limits_.max_nodes) fail_at(place, format("more than {} values, aliases expanded", limits_.max_nodes));
    else if (bytes_ > limits_.max_expanded_bytes)
        fail_at(place, format("more than {} of text, aliases expanded", format_bytes(limits_.max_expanded_bytes)));
    return !failed();
}

void YamlTree::null(const Event& event) {
    if (failed()) return;
    YamlNode node;
    node.place = place_of(event, 1);
    // the parser reports a value that is left out at the next token: the key is the better place
    if (writes_null(text_->line(event.line), event.column)) node.place.width = text_->line(event.line)[event.column - 1] == '~' ? 1 : 4;
    else if (!open_.empty() && open_.back().expects_value) node.place = open_.back().node.entries.back().key_place;
    else if (!open_.empty()) node.place = open_.back().node.place;
    if (charge(node, node.place)) add(std::move(node), event.anchor, true);
}

void YamlTree::scalar(const Event& event, const std::string& value) {
    if (failed() || !accept_tag(event, YamlKind::Scalar)) return;
    YamlNode node;
    node.kind = YamlKind::Scalar;
    node.text = value;
    node.quoted = event.tag != "?" && !event.tag.empty();
    node.place = place_of(event, scalar_width(text_->line(event.line), event.column, value));
    const bool is_plain = !node.quoted;
    if (charge(node, node.place)) add(std::move(node), event.anchor, is_plain);
}

void YamlTree::alias(const Event& event) {
    if (failed()) return;
    const auto found = anchors_.find(event.anchor);
    if (found == anchors_.end()) return fail_at(place_of(event, 1), "an alias stands inside its own anchor");
    if (charge(found->second, place_of(event, 1))) add(found->second, 0, false);
}

void YamlTree::begin(const Event& event, YamlKind kind) {
    if (failed() || !accept_tag(event, kind)) return;
    YamlNode node;
    node.kind = kind;
    node.place = place_of(event, 1);
    if (charge(node, node.place)) open_.push_back({std::move(node), event.anchor, false, {}});
}

void YamlTree::end() {
    if (failed()) return;
    Open closed = std::move(open_.back());
    open_.pop_back();
    if (closed.node.kind == YamlKind::Map && (!check_duplicates(closed) || !merge(closed))) return;
    add(std::move(closed.node), closed.anchor, false);
}

void YamlTree::add(YamlNode node, std::size_t anchor, bool plain) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
        root_ = std::move(node);
        return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlKind::Sequence) {
        parent.node.items.push_back(std::move(node));
    } else if (parent.expects_value) {
        parent.node.entries.back().value = std::move(node);
        parent.expects_value = false;
    } else {
        add_key(parent, std::move(node), plain);
    }
}

void YamlTree::add_key(Open& map, YamlNode node, bool plain) {
    if (node.kind != YamlKind::Scalar) return fail_at(node.place, format("a key must be a text, found {}", describe(node)));
    if (plain && node.text == "<<") map.merges.push_back(map.node.entries.size());
    map.node.entries.push_back({std::move(node.text), std::move(node.place), {}});
    map.expects_value = true;
}

bool YamlTree::check_duplicates(const Open& map) {
    std::unordered_map<std::string_view, const YamlEntry*> seen;
    for (const YamlEntry& entry : map.node.entries) {
        const auto [first, fresh] = seen.emplace(entry.key, &entry);
        if (fresh) continue;
        const std::string hint = entry.key == "<<" ? "merge several maps with one list: <<: [*a, *b]" : "";
        fail_at(entry.key_place,
                format("the key {} is there twice: first at {}", quoted(entry.key), format_place(first->second->key_place)), hint);
        return false;
    }
    return true;
}

// Keys of the map itself win over merged ones, earlier merged maps over later ones (yaml.org/type/merge.html).
bool YamlTree::merge(Open& map) {
    if (map.merges.empty()) return true;
    const std::size_t at = map.merges.front();  // the only one: a second is a duplicate
    const YamlEntry merged = std::move(map.node.entries[at]);
    std::set<std::string> present;
    for (const YamlEntry& entry : map.node.entries) present.insert(entry.key);
    std::vector<YamlEntry> added;
    const auto take = [&](const YamlNode& from) {
        if (from.kind != YamlKind::Map) fail_at(from.place, format("<< merges a map or a list of maps, found {}", describe(from)));
        for (const YamlEntry& entry : from.entries)
            if (present.insert(entry.key).second) added.push_back(entry);
    };
    if (merged.value.kind == YamlKind::Sequence) std::for_each(merged.value.items.begin(), merged.value.items.end(), take);
    else take(merged.value);
    auto& entries = map.node.entries;
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(at));
    entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(at), added.begin(), added.end());
    return !failed();
}

Result<YamlNode> YamlTree::finish() && {
    if (error_) return fail(std::move(*error_));
    return std::move(root_);
}

}  // namespace mabplan::compiler
