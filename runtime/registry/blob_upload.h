// One blob on its way into a repository (distribution-spec, "Pushing Blobs"): a small one in one request, a larger one as a stream and its
// commit, or in pieces where the registry takes no larger ones. What breaks goes on where the registry says it is. Does not know whether
// the blob is wanted there.
#pragma once

#include "plans/oci/descriptor.h"
#include "plans/oci/reference.h"
#include "runtime/registry/registry_session.h"
#include "runtime/sys/byte_progress.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// A blob that is to be in a repository.
struct OutgoingBlob {
    Descriptor descriptor;
    // Its bytes from an offset on. Asked only where they are really sent, and again where sending is begun anew.
    std::function<Result<std::unique_ptr<ByteSource>>(std::uint64_t offset)> open;
    // Repositories of the same registry that have it, as far as is known: it is mounted from there.
    std::vector<std::string> elsewhere{};
};

// Where an upload is to be sent on to: the Location of an answer. A Registry error where there is none, or where it leads from https to
// http or from a public host to a private one. On the registry's own host, where no port is named, scheme and port are those it was asked
// at: registries behind a proxy that ends TLS do not know them.
Result<Url> upload_location(const Url& asked, const HttpResponse& answer);

class BlobUpload {
public:
    // All of it must outlive this.
    BlobUpload(RegistrySession& session, const RegistryQuestion& about, const OutgoingBlob& blob, const ByteProgress& progress)
        : client_(session.client()), session_(session), about_(about), blob_(blob), progress_(progress) {}

    // `opened`: an upload that is open already; else one is opened. Sent and committed afterwards. Bytes that are not what the digest says
    // are a Verify error.
    Status run(std::optional<Url> opened);

private:
    RegistryQuestion to(const Url& url, HttpMethod method) const;
    HttpResult send(const RegistryQuestion& question);
    HttpResult go_on();
    HttpResult begin();
    HttpResult send_part();
    HttpResult commit(std::optional<HttpUpload> bytes);
    Status move_to(const HttpResponse& answer);
    void begin_anew();
    bool find_offset();
    bool recover(const HttpResult& result);
    Error explain(HttpResult result) const;
    Status check_bytes() const;
    HttpUpload bytes_from(std::uint64_t offset, std::uint64_t size) const;

    const HttpClient& client_;
    RegistrySession& session_;
    const RegistryQuestion& about_;  // POST to blobs/uploads/ of the repository
    const OutgoingBlob& blob_;
    const ByteProgress& progress_;
    std::optional<Url> location_;
    std::uint64_t offset_ = 0;     // that the registry has
    std::uint64_t most_ = 0;       // bytes of a request; 0: any number
    std::uint64_t least_ = 0;      // of one that is not the last (OCI-Chunk-Min-Length)
    bool refused_before_ = false;  // what was sent was not what the digest says
};

}  // namespace mabplan::runtime
