// The keys of mabplan.yaml, by where they may stand. plans/schema/mabplan.schema.json says the same.
#pragma once

#include "compiler/matrix/node_reader.h"

#include <span>
#include <string>

namespace mabplan::compiler {

std::span<const std::string> root_keys();
std::span<const std::string> target_keys();          // all of a target
std::span<const std::string> target_only_keys();     // those of a target that are said once for all platforms
std::span<const std::string> platform_entry_keys();  // of an entry of `platforms` in map form
const Synonyms& root_synonyms();
const Synonyms& target_synonyms();

}  // namespace mabplan::compiler
