// Images in an OCI layout on disk (image-spec, image-layout.md): a folder. Knows its files and checks every byte against its
// digest; does not choose platforms.
#pragma once

#include "plans/oci/manifest.h"
#include "runtime/store/blob_store.h"
#include "runtime/sys/byte_progress.h"
#include "runtime/sys/stop.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// "DIR", "DIR:TAG" or "DIR@sha256:…".
struct LayoutAddress {
    std::string folder;
    std::string tag;
    std::optional<Digest> digest;

    bool operator==(const LayoutAddress&) const = default;
};

// A colon counts only behind the last slash. An input error for an empty folder or a bad digest.
Result<LayoutAddress> parse_layout_address(std::string_view text);
std::string format_layout_address(const LayoutAddress& address);

class LayoutReader {
public:
    // Reads oci-layout and index.json. A folder that is no layout, or of a version we do not know, is an Input error.
    // Sending ends with an Interrupted error once `stop`, which may be null and must outlive it, is raised.
    static Result<LayoutReader> open(const std::string& folder, const Stop* stop = nullptr);

    const std::string& folder() const { return folder_; }
    const std::vector<Descriptor>& entries() const { return index_.manifests; }

    // The entries that a name ("app:1", in whatever way it is written down), a tag or a digest stands for; without both, the only image
    // there is, the one tagged "latest", or entries for different platforms that have no names: then they are several. A digest may also be
    // that of a manifest or index deeper inside. Nothing found is an Input error that lists what there is.
    Result<std::vector<Descriptor>> find(const LayoutAddress& address) const;

    // The bytes, verified: what is missing, of another size or damaged is a Verify error that names the file.
    Result<std::string> read(const Descriptor& blob) const;
    // Its bytes, not verified against its digest; a Verify error at the end if they were not as many as its size says.
    Status send(const Descriptor& blob, ByteSink& sink) const;
    // Brings a blob into the store, verified, unless it is there.
    Status copy(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress = {}) const;

private:
    LayoutReader(std::string folder, Index index, const Stop* stop) : folder_(std::move(folder)), index_(std::move(index)), stop_(stop) {}
    std::string path(const Digest& digest) const;
    Result<std::vector<Descriptor>> find_digest(const Digest& digest) const;
    Failure not_found(std::string_view what) const;

    std::string folder_;
    Index index_;
    const Stop* stop_;
};

}  // namespace mabplan::runtime
