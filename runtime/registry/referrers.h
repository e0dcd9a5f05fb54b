// What refers to a manifest by its `subject`: signatures, lists of contents, attestations (distribution-spec, "Listing Referrers" and
// "Referrers Tag Schema"). Asks the registry itself, no mirror. Does not know what they are for.
#pragma once

#include "plans/oci/manifest.h"
#include "plans/oci/reference.h"
#include "runtime/registry/registry_session.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// The tag under which clients keep them where a registry does not: "sha256-HEX".
std::string referrers_tag(const Digest& subject);
// How a document that has a subject is listed there: with its annotations, and the type of its configuration if it names no other.
Descriptor describe_referrer(const ImageDocument& document, std::string_view media_type, std::string_view bytes);
// Of the repository; the tag is not looked at. None where the registry knows of none, also where it does not know such questions.
Result<std::vector<Descriptor>> find_referrers(RegistrySession& session, const Reference& repository, const Digest& subject);
// What is kept under the tag; an empty index where there is no such tag.
Result<Index> read_referrers_tag(RegistrySession& session, const Reference& repository, const Digest& subject);

}  // namespace mabplan::runtime
