// The names that `${…}` may ask for: variables of the environment, `matrix.AXIS`, `platform.os|arch|variant|slug`.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/ports/environment.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::compiler {

// Refers to what it is made of: these must live as long.
class Variables {
public:
    explicit Variables(const Environment& environment) : environment_(&environment) {}

    Variables with_axes(const Settings& axes) const;
    Variables with_platform(const Platform& platform) const;

    // Nothing if the name is not set. Input errors (without a place): an axis that is not there, a part of a platform that does
    // not exist, either of them where it has no value, another name with a dot.
    Result<std::optional<std::string>> lookup(const std::string& name) const;
    const Environment& environment() const { return *environment_; }

private:
    Result<std::optional<std::string>> axis(const std::string& name) const;
    Result<std::optional<std::string>> platform_part(const std::string& name) const;

    const Environment* environment_;
    const Settings* axes_ = nullptr;
    const Platform* platform_ = nullptr;
};

}  // namespace mabplan::compiler
