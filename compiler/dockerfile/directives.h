// Parser directives: "# name=value" lines before anything else (Dockerfile reference, "Parser directives"). Known names: syntax, escape,
// check. Does not know what their values mean.
#pragma once

#include "plans/base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

struct Directive {
    std::string name;  // lower case
    std::string value;
    std::size_t line = 0;  // from 1
};

// Takes physical lines one after the other until the first that is no directive.
class DirectiveReader {
public:
    explicit DirectiveReader(std::string_view marker = "#") : marker_(marker) {}

    // The directive on this line, or nothing: then no later line is one either. An error if it repeats one.
    Result<std::optional<Directive>> read(std::string_view line, std::size_t number);

    const std::vector<Directive>& found() const { return found_; }
    const Directive* find(std::string_view name) const;

private:
    std::string marker_;
    std::vector<Directive> found_;
    bool done_ = false;
};

// All directives at the head of the text, up to a repeated one.
std::vector<Directive> read_directives(std::string_view text);
// The directive of this name, also below a byte order mark and a "#!" line.
std::optional<Directive> find_directive(std::string_view text, std::string_view name);
// The frontend that the text asks for: "# syntax=", else "// syntax=", else the member "syntax" of a JSON document.
std::optional<Directive> find_syntax(std::string_view text);
// The value up to its first blank.
std::string_view first_word(const Directive& directive);

}  // namespace mabplan::compiler
