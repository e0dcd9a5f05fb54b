// Where the values of variables come from. The compiler asks; an adapter of the command line (or a map in a test) answers.
#pragma once

#include <optional>
#include <string>

namespace mabplan::compiler {

class Environment {
public:
    virtual ~Environment() = default;

    // The value of a variable; nothing if it is not set (an empty value is set).
    virtual std::optional<std::string> get(const std::string& name) const = 0;
};

}  // namespace mabplan::compiler
