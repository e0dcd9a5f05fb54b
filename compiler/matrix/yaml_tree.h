// Builds the tree of a document from the events of a parser: anchors, aliases, merge keys, duplicates, limits. Does not know the parser.
#pragma once

#include "compiler/matrix/yaml_document.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::compiler {

class YamlTree {
public:
    YamlTree(SourceTextPtr text, YamlLimits limits) : text_(std::move(text)), limits_(limits) {}

    struct Event {
        std::size_t line = 0, column = 0;  // from 1
        std::size_t anchor = 0;            // 0: none
        std::string tag;                   // "?" plain, "!" quoted, else as resolved
    };

    // After the first failure all further events are ignored.
    bool failed() const { return error_.has_value(); }
    void null(const Event& event);
    void scalar(const Event& event, const std::string& value);
    void alias(const Event& event);
    void begin(const Event& event, YamlKind kind);
    void end();

    // The whole document, once its last event is in.
    Result<YamlNode> finish() &&;

private:
    struct Open {
        YamlNode node;
        std::size_t anchor = 0;
        bool expects_value = false;       // a map whose last entry has no value yet
        std::vector<std::size_t> merges;  // indexes of entries that are plain `<<`
    };

    SourcePlace place_of(const Event& event, std::size_t width) const;
    bool accept_tag(const Event& event, YamlKind kind);
    bool charge(const YamlNode& node, const SourcePlace& place);
    void add(YamlNode node, std::size_t anchor, bool plain);
    void add_key(Open& map, YamlNode node, bool plain);
    bool merge(Open& map);
    bool check_duplicates(const Open& map);
    void fail_at(SourcePlace place, std::string message, std::string hint = {});

    SourceTextPtr text_;
    YamlLimits limits_;
    std::vector<Open> open_;
    std::map<std::size_t, YamlNode> anchors_;
    std::size_t nodes_ = 0, bytes_ = 0;
    YamlNode root_;
    std::optional<Error> error_;
};

}  // namespace mabplan::compiler
