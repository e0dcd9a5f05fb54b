#include "compiler/matrix/yaml_document.h"

#include "compiler/matrix/yaml_tree.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace mabplan::compiler {

namespace {

// Hands the events of yaml-cpp to the tree: marks count from 0, places from 1.
class Events : public YAML::EventHandler {
public:
    explicit Events(YamlTree& tree) : tree_(tree) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { tree_.null(event(mark, anchor, "?")); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { tree_.alias(event(mark, anchor, "?")); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
        tree_.scalar(event(mark, anchor, tag), value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        tree_.begin(event(mark, anchor, tag), YamlKind::Sequence);
    }
    void OnSequenceEnd() override { tree_.end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        tree_.begin(event(mark, anchor, tag), YamlKind::Map);
    }
    void OnMapEnd() override { tree_.end(); }

private:
    static YamlTree::Event event(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
        return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1, anchor, tag};
    }

    YamlTree& tree_;
};

// Sees only that there is a second document, and where.
class SecondDocument : public YAML::EventHandler {
public:
    bool found = false;
    YAML::Mark where;

    void OnDocumentStart(const YAML::Mark& mark) override { found = true, where = mark; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

SourcePlace place_of(const SourceTextPtr& text, const YAML::Mark& mark) {
    if (mark.is_null()) return {text, 0, 0, 1, 0};
    const auto line = static_cast<std::size_t>(mark.line) + 1;
    if (line > text->line_count()) return {text, text->line_count(), 0, 1, 0};
    return {text, line, static_cast<std::size_t>(mark.column) + 1, 1, 0};
}

std::string hint_for(const SourcePlace& place) {
    const std::string_view line = place.text->line(place.line);
    const std::size_t start = line.find_first_not_of(' ');
    if (start != std::string_view::npos && line[start] == '\t') return "YAML is indented with blanks: this line begins with a tab";
    if (place.column > 0 && place.column <= line.size() && std::string_view("@`%").find(line[place.column - 1]) != std::string_view::npos)
        return "a text that begins with @, ` or % needs quotes";
    return "look at the indentation, at quotes and brackets that are not closed, and at texts with \": \" or \" #\", which need quotes";
}

Failure bad_yaml(const SourceTextPtr& text, const YAML::Exception& problem) {
    SourcePlace place = place_of(text, problem.mark);
    std::string hint = hint_for(place);
    return input_error(std::move(place), format("this is not YAML: {}", problem.msg), std::move(hint));
}

SourcePlace place_of_byte(const SourceTextPtr& text, std::size_t offset) {
    const std::string_view before = std::string_view(text->content()).substr(0, offset);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    return {text, line, offset - (before.rfind('\n') + 1) + 1, 1, 0};  // npos + 1 is 0
}

// What the parser would take for something else: it reads byte 4 as the end of the text, and guesses encodings.
Status check_characters(const SourceTextPtr& text) {
    const std::string& content = text->content();
    for (std::size_t i = 0; i < content.size(); ++i) {
        const auto c = static_cast<unsigned char>(content[i]);
        if (c >= 0x20 ? c != 0x7f : c == '\t' || c == '\n' || c == '\r') continue;
        return input_error(place_of_byte(text, i), format("the control character 0x{:02x} can't stand in YAML", c),
                           "write it as an escape in double quotes");
    }
    if (is_valid_utf8(content)) return {};
    for (std::size_t line = 1; line <= text->line_count(); ++line)
        if (!is_valid_utf8(text->line(line))) return input_error({text, line, 0, 1, 0}, "this line is not UTF-8");
    return input_error({text, 0, 0, 1, 0}, "the text is not UTF-8");
}

}  // namespace

const YamlEntry* YamlNode::find(std::string_view key) const {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const YamlEntry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

YamlEntry* YamlNode::find(std::string_view key) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const YamlEntry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

Result<YamlNode> parse_yaml(const SourceTextPtr& text, const YamlLimits& limits) {
    if (text->content().size() > limits.max_bytes)
        return input_error({text, 0, 0, 1, 0}, format("the file has {}, more than the {} that are read",
                                                      format_bytes(text->content().size()), format_bytes(limits.max_bytes)));
    MABPLAN_CHECK(check_characters(text));
    YamlTree tree(text, limits);
    try {
        std::istringstream stream(text->content());
        YAML::Parser parser(stream);
        Events events(tree);
        parser.HandleNextDocument(events);
        SecondDocument second;
        if (!tree.failed() && parser.HandleNextDocument(second) && second.found)
            return input_error(place_of(text, second.where), "a second document begins here: one file holds one");
    } catch (const YAML::Exception& problem) {
        if (!tree.failed()) return bad_yaml(text, problem);
    } catch (const std::exception& problem) {
        return input_error({text, 0, 0, 1, 0}, format("this is not YAML: {}", problem.what()));
    }
    return std::move(tree).finish();
}

std::size_t count_nodes(const YamlNode& node) {
    std::size_t count = 1;
    for (const YamlNode& item : node.items) count += count_nodes(item);
    for (const YamlEntry& entry : node.entries) count += count_nodes(entry.value);
    return count;
}

std::string describe(const YamlNode& node) {
    switch (node.kind) {
        case YamlKind::Null: return "nothing";
        case YamlKind::Scalar: return format("the text {}", quoted(node.text));
        case YamlKind::Sequence: return "a list";
        case YamlKind::Map: return "a map";
    }
    return "nothing";
}

}  // namespace mabplan::compiler
