#include "compiler/matrix/yaml_document.h"

#include "plans/base/text.h"

#include <doctest/doctest.h>

#include <string>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

SourceTextPtr source(std::string content) { return std::make_shared<SourceText>("m.yaml", std::move(content)); }

// One line that shows kinds, order and quoting: {a: [x, "y"], b: ~}.
std::string dump(const YamlNode& node) {
    std::string out;
    switch (node.kind) {
        case YamlKind::Null: return "~";
        case YamlKind::Scalar: return node.quoted ? quoted(node.text) : node.text;
        case YamlKind::Sequence:
            for (const YamlNode& item : node.items) out += (out.empty() ? "" : ", ") + dump(item);
            return "[" + out + "]";
        case YamlKind::Map:
            for (const YamlEntry& entry : node.entries) out += (out.empty() ? "" : ", ") + entry.key + ": " + dump(entry.value);
            return "{" + out + "}";
    }
    return out;
}

std::string read(std::string content, const YamlLimits& limits = {}) {
    const auto node = parse_yaml(source(std::move(content)), limits);
    return node ? dump(*node) : format_error(node.error());
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("scalars stay as they are written") {
    CHECK(read("a: 0440\nb: 1.10\nc: 22:22\nd: \"x\"\ne: yes\nf: ~\ng:\nh: |\n  x\n  y\ni: 'null'\n") ==
          "{a: 0440, b: 1.10, c: 22:22, d: \"x\", e: yes, f: ~, g: ~, h: \"x\\x0ay\\x0a\", i: \"null\"}");
    CHECK(read("") == "~");
    CHECK(read("# only a comment\n") == "~");
    CHECK(read("{\"a\": [1, true, null], \"b\": {}}") == "{a: [1, true, ~], b: {}}");
    CHECK(read("\xef\xbb\xbf"
               "a: !!str 1\n") == "{a: \"1\"}");
}

TEST_CASE("places count from 1 and a value left out has the place of its key") {
    const auto node = parse_yaml(source("one: \"q \\\" r\"\ntwo:\n  - plain\n  - {k: }\nthree:\n"));
    REQUIRE(node);
    const auto where = [](const SourcePlace& place) { return format_place(place) + "+" + std::to_string(place.width); };
    CHECK(where(node->entries[0].key_place) == "m.yaml:1:1+3");
    CHECK(where(node->entries[0].value.place) == "m.yaml:1:6+8");
    CHECK(where(node->entries[1].value.place) == "m.yaml:3:3+1");
    CHECK(where(node->entries[1].value.items[0].place) == "m.yaml:3:5+5");
    CHECK(where(node->entries[1].value.items[1].entries[0].value.place) == "m.yaml:4:6+1");
    CHECK(where(node->entries[2].value.place) == "m.yaml:5:1+5");
}

TEST_CASE("anchors are expanded and << is merged: own keys win, then earlier maps") {
    CHECK(read("x: &x {a: 1, b: 2}\ny: {b: 3, <<: *x, c: 4}\n") == "{x: {a: 1, b: 2}, y: {b: 3, a: 1, c: 4}}");
    CHECK(read("x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y], c: 3}\n") == "{x: {a: 1}, y: {a: 2, b: 2}, z: {a: 1, b: 2, c: 3}}");
    CHECK(read("x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y}\n") == "{x: {a: 1}, y: {a: 1, b: 2}, z: {a: 1, b: 2}}");
    CHECK(read("a: {\"<<\": 1}\n") == "{a: {<<: 1}}");
    CHECK(read("k: &k name\n*k : 1\n") == "{k: name, name: 1}");
    CHECK(read("a: {<<: 1}\n") ==
          "m.yaml:1:9: error: << merges a map or a list of maps, found the text \"1\"\n"
          ">    1 | a: {<<: 1}\n"
          "       |         ^\n");
}

TEST_CASE("a duplicate key names both places") {
    CHECK(read("a: 1\nb: 2\na: 3\n") ==
          "m.yaml:3:1: error: the key \"a\" is there twice: first at m.yaml:1:1\n"
          "     1 | a: 1\n"
          "     2 | b: 2\n"
          ">    3 | a: 3\n"
          "       | ^\n");
    CHECK(read("x: &x {}\ny: {<<: *x, <<: *x}\n") ==
          "m.yaml:2:13: error: the key \"<<\" is there twice: first at m.yaml:2:5\n"
          "     1 | x: &x {}\n"
          ">    2 | y: {<<: *x, <<: *x}\n"
          "       |             ^^\n"
          "  hint: merge several maps with one list: <<: [*a, *b]\n");
}

TEST_CASE("what is refused, each with its own message") {
    CHECK(first_line(read("a: !foo 1\n")) == "m.yaml:1:4: error: the tag \"!foo\" is not accepted");
    CHECK(first_line(read("a: !!int 1\n")) == "m.yaml:1:4: error: the tag \"tag:yaml.org,2002:int\" is not accepted");
    CHECK(first_line(read("? [a]\n: 1\n")) == "m.yaml:1:3: error: a key must be a text, found a list");
    CHECK(first_line(read("~: 1\n")) == "m.yaml:1:1: error: a key must be a text, found nothing");
    CHECK(first_line(read("a: &x [*x]\n")) == "m.yaml:1:8: error: an alias stands inside its own anchor");
    CHECK(first_line(read("a: *x\n")) == "m.yaml:1:4: error: this is not YAML: the referenced anchor is not defined");
    CHECK(first_line(read("a: 1\n---\nb: 1\n")) == "m.yaml:2:1: error: a second document begins here: one file holds one");
    CHECK(first_line(read("a: 1\nb: \x04\n")) == "m.yaml:2:4: error: the control character 0x04 can't stand in YAML");
    CHECK(first_line(read("a: 1\nb: \xff\n")) == "m.yaml:2: error: this line is not UTF-8");
    CHECK(first_line(read(std::string("\xff\xfe") + "a\n")) == "m.yaml:1: error: this line is not UTF-8");
    CHECK(read("a:\n\tb: 1\n\tc: 2\n") ==
          "m.yaml:2:3: error: this is not YAML: illegal map value\n"
          "     1 | a:\n"
          ">    2 |  b: 1\n"
          "       |   ^\n"
          "     3 |  c: 2\n"
          "  hint: YAML is indented with blanks: this line begins with a tab\n");
    CHECK(read("a: @x\n") ==
          "m.yaml:1:4: error: this is not YAML: unknown token\n"
          ">    1 | a: @x\n"
          "       |    ^\n"
          "  hint: a text that begins with @, ` or % needs quotes\n");
}

TEST_CASE("depth, nodes, aliases and size are bounded") {
    CHECK(first_line(read(std::string(64, '[') + std::string(64, ']'))).starts_with("[[["));
    CHECK(first_line(read(std::string(65, '[') + std::string(65, ']'))) == "m.yaml:1:65: error: nested deeper than 64 levels");
    CHECK(first_line(read(std::string(20000, '['))).ends_with("error: nested deeper than 64 levels"));
    CHECK(first_line(read("a: [1, 2, 3]\n", {.max_nodes = 4})) == "m.yaml:1:8: error: more than 4 values, aliases expanded");
    CHECK(first_line(read("a: 12345\n", {.max_bytes = 4})) == "m.yaml: error: the file has 9 B, more than the 4 B that are read");
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int k = 1; k < 10; ++k) bomb += ", " + before;
        bomb += "]\n";
    }
    CHECK(first_line(read(bomb)) == "m.yaml:5:45: error: more than 100000 values, aliases expanded");
    const std::string wide = "a: &a " + std::string(200000, 'x') + "\nb: [" + [] {
        std::string out;
        for (int i = 0; i < 100; ++i) out += "*a, ";
        return out;
    }() + "]\n";
    CHECK(first_line(read(wide)) == "m.yaml:2:165: error: more than 8.39 MB of text, aliases expanded");
    std::string deep =
        "a: &a " + std::string(40, '[') + std::string(40, ']') + "\nb: " + std::string(40, '[') + "*a" + std::string(40, ']') + "\n";
    CHECK(first_line(read(deep)) == "m.yaml:2:44: error: nested deeper than 64 levels");
}
