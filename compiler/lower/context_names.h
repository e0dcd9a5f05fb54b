// When the name of a build context is the name of an image or stage. Compares names; does not know what they stand for.
#pragma once

#include <string>

namespace mabplan::compiler {

// As stages compare, or as references of one image: "alpine", "alpine:latest" and "docker.io/library/alpine".
bool is_context_name(const std::string& context, const std::string& name);

}  // namespace mabplan::compiler
