// An environment that is a map: what a test says is set, and nothing else.
#pragma once

#include "compiler/ports/environment.h"

#include <map>

namespace mabplan::compiler {

class MapEnvironment : public Environment {
public:
    explicit MapEnvironment(std::map<std::string, std::string> values) : values_(std::move(values)) {}

    std::optional<std::string> get(const std::string& name) const override {
        const auto found = values_.find(name);
        return found == values_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    std::map<std::string, std::string> values_;
};

}  // namespace mabplan::compiler
