// The tags of a repository (distribution-spec, "Listing Tags").
#pragma once

#include "plans/oci/reference.h"
#include "runtime/registry/registry_session.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

enum class TagPages {
    First,  // as many as a registry names at once
    All,    // a list without an end is a Registry error
};

// Of the repository, whatever the tag of the reference is, at one of its places; sorted. A Registry error for one that is
// not there.
Result<std::vector<std::string>> list_tags(RegistrySession& session, const Endpoint& endpoint, const Reference& repository, TagPages pages);

}  // namespace mabplan::runtime
