// What refers to a manifest by its `subject`: signatures, lists of contents, attestations (distribution-spec, "Listing Referrers" and
// "Referrers Tag Schema"). Asks the registry itself, no mirror. Does not know what they are for.
#pragma once

#include "plans/oci/manifest.h"
#include "plans/oci/reference.h"
#include "runtime/registry/registry_session.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// The tag under which clients keep them where a registry does not: "sha256-HEX".
std::string referrers_tag(const Digest& subject);
// How a document that has a subject is listed there: with its annotations, and the type of its configuration if it names no other.
Descriptor describe_referrer(const ImageDocument& document, std::string_view media_type, std::string_view bytes);
// Of the repository, whatever the tag of the reference is; a registry that does not know such questions has them under referrers_tag().
Result<std::vector<Descriptor>> find_referrers(RegistrySession& session, const Reference& repository, const Digest& subject);
struct ReferrersTag {
    Index index;
    std::string bytes;  // of it, which may have more than `index` shows
};
// What is kept under the tag; an empty index where there is no such tag.
Result<ReferrersTag> read_referrers_tag(RegistrySession& session, const Reference& repository, const Digest& subject);
// Where a list goes on (RFC 8288): of several links the one with rel="next". Of `here`'s own registry; one to another place is a Registry
// error.
Result<std::optional<Url>> next_page(const Url& here, const HttpResponse& answer);

}  // namespace mabplan::runtime
