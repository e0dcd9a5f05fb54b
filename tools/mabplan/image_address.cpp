#include "tools/mabplan/image_address.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <array>
#include <string_view>
#include <utility>

namespace mabplan::tools {

namespace {

using Kind = ImageAddress::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 6> kTransports{{{"docker-image://", Kind::Registry},
                                                                        {"docker://", Kind::Registry},
                                                                        {"oci-layout://", Kind::Layout},
                                                                        {"oci-archive:", Kind::LayoutArchive},
                                                                        {"docker-archive:", Kind::DockerArchive},
                                                                        {"oci:", Kind::Layout}}};

// Those of others that have no meaning here, with what to write instead.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kForeign{
    {{"containers-storage:", "save the image first: podman save --format oci-archive -o FILE NAME, and oci-archive:FILE"},
     {"docker-daemon:", "save the image first: docker save -o FILE NAME, and docker-archive:FILE"},
     {"dir:", "use oci:DIR, a folder with an OCI layout"},
     {"ostree:", "use oci:DIR, a folder with an OCI layout"},
     {"target:", "targets are named in mabplan.yaml alone"}}};

}  // namespace

Result<ImageAddress> parse_image_address(const std::string& text) {
    for (const auto& [prefix, kind] : kTransports) {
        if (!text.starts_with(prefix)) continue;
        ImageAddress address{kind, text.substr(prefix.size()), {}};
        const std::size_t colon = address.is_archive() ? address.text.find(':') : std::string::npos;
        if (colon != std::string::npos) {
            address.name = address.text.substr(colon + 1);
            address.text.resize(colon);
        }
        if (address.text.empty()) return input_error(format("{}: nothing stands behind the transport", quoted(text)));
        return address;
    }
    for (const auto& [prefix, way] : kForeign)
        if (text.starts_with(prefix))
            return fail(ErrorKind::Input, format("{}: images are not read or written through {}", quoted(text), prefix), std::string(way));
    return ImageAddress{Kind::Bare, text, {}};
}

}  // namespace mabplan::tools
