// Images of the store by their ids, as builds and lists show them, in place of names.
#pragma once

#include "runtime/store/store.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::tools {

// By the digest of an index, of a manifest or of its configuration, with or without "sha256:"; the first twelve letters are enough. The
// digest of the document that is meant. Nothing: the text is no such id. An Input error: it can only be an id, and the store has no such
// image.
Result<std::optional<Digest>> find_image_id(const std::string& text, runtime::Store& store);
// The names of the store that stand for it, or for an index that has it. None where the text is no id.
Result<std::vector<runtime::NamedImage>> find_named_by_id(const std::string& text, runtime::Store& store);

}  // namespace mabplan::tools
