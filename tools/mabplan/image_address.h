// Where an image is, as people write it: skopeo's and podman's transports, docker's and buildx's spellings, and bare names. Knows words;
// looks at nothing.
#pragma once

#include "plans/base/result.h"

#include <string>

namespace mabplan::tools {

struct ImageAddress {
    enum class Kind {
        Registry,       // docker://REF, docker-image://REF
        Layout,         // oci:DIR[:TAG], oci-layout://DIR[:TAG|@DIGEST]: an OCI layout in a folder
        LayoutArchive,  // oci-archive:FILE[:NAME]: the same in a tar
        DockerArchive,  // docker-archive:FILE[:NAME]: what `docker save` writes
        Bare,           // a name of the store's own, a folder with a layout, or a reference
    };
    Kind kind = Kind::Bare;
    std::string text;    // the reference, the folder with its tag, the file
    std::string name{};  // of one image in an archive; empty: the only one

    bool is_archive() const { return kind == Kind::LayoutArchive || kind == Kind::DockerArchive; }
    bool operator==(const ImageAddress&) const = default;
};

// An Input error: a transport that is not known, or one with nothing behind it.
Result<ImageAddress> parse_image_address(const std::string& text);

}  // namespace mabplan::tools
