// Writing to a registry (distribution-spec, "Push"): blobs, each once and only where it is missing, and the manifests that name them. Knows
// the protocol; does not know what an image is made of.
#pragma once

#include "plans/oci/descriptor.h"
#include "plans/oci/reference.h"
#include "runtime/registry/blob_upload.h"
#include "runtime/registry/registry_session.h"
#include "runtime/sys/byte_progress.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/turns.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mabplan::runtime {

enum class HowPushed { Sent, Mounted, WasThere };

// Safe to use from several threads. What it learns of a registry it keeps as long as it lives: a blob that is asked for twice is sent once.
class RegistryWriter {
public:
    explicit RegistryWriter(std::shared_ptr<RegistrySession> session) : session_(std::move(session)) {}

    // The repository has the blob afterwards. Bytes that are not what the digest says are a Verify error.
    Result<HowPushed> put_blob(const Reference& to, const OutgoingBlob& blob, const ByteProgress& progress = {});
    // By the tag of the reference, or by the digest of the bytes if it has none. All that it names must be there, but for its subject: that
    // it refers to that is kept under a tag where the registry does not keep it (distribution-spec, "Referrers Tag Schema").
    Status put_manifest(const Reference& to, std::string_view media_type, std::string_view bytes);
    // What the reference stands for there; nothing: it is not there, or the registry does not say.
    Result<std::optional<Digest>> find_manifest(const Reference& reference);

private:
    using Place = std::pair<std::string, Digest>;  // a registry and a blob

    Result<HttpResponse> put_document(const Reference& to, std::string_view media_type, std::string_view bytes);
    Status keep_referrer(const Reference& to, const Digest& subject, const Descriptor& referrer);
    Result<bool> is_there(const Endpoint& endpoint, const Reference& to, const Descriptor& blob);
    Result<HowPushed> push(const Endpoint& endpoint, const Reference& to, const OutgoingBlob& blob, const ByteProgress& progress);
    struct Mount {
        bool done = false;
        std::optional<Url> opened;  // an upload, in place of it
    };
    Mount mount(const Endpoint& endpoint, const Reference& to, const Descriptor& blob, const std::string& from);
    std::set<std::string> repositories_with(const Reference& to, const OutgoingBlob& blob) const;

    std::shared_ptr<RegistrySession> session_;
    Guarded<std::map<Place, std::set<std::string>>> known_;  // the repositories that have it
    Turns<std::pair<Place, std::string>> turns_;
};

}  // namespace mabplan::runtime
