// A store on disk with small images in it, for tests of layouts and sources.
#pragma once

#include "plans/base/format.h"
#include "plans/oci/manifest.h"
#include "runtime/image/layout_reader.h"
#include "runtime/image/layout_writer.h"
#include "runtime/sys/file.h"
#include "runtime/sys/temporary.h"
#include "tests/support/temporary_directory.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace mabplan::tests {

class ImageFixture {
public:
    ImageFixture() {
        if (!runtime::make_directories(folder / "blobs/sha256") || !runtime::make_directories(folder / "tmp"))
            throw std::runtime_error("no store");
    }

    Descriptor put(std::string_view type, const std::string& bytes) {
        Descriptor blob{std::string(type), Digest::of(bytes), bytes.size(), {}, {}};
        if (!store.put(blob.digest, bytes)) throw std::runtime_error("the store does not take a blob");
        content.blobs.push_back(blob);
        return blob;
    }
    // An image of one layer with this text; the index entry declares the platform.
    Descriptor image(const Platform& platform, const std::string& layer = "layer") {
        const std::string variant = platform.variant.empty() ? "" : format(R"(,"variant":"{}")", platform.variant);
        return image_of(platform, layer,
                        format(R"({{"os":"{}","architecture":"{}"{},"rootfs":{{"type":"layers","diff_ids":["{}"]}}}})", platform.os,
                               platform.architecture, variant, Digest::of(layer).text()));
    }
    Descriptor image_of(const Platform& platform, const std::string& layer, const std::string& config) {
        Manifest manifest;
        manifest.config = put(media_type::kConfig, config);
        manifest.layers = {put(media_type::kLayer, layer)};
        Descriptor descriptor = put(media_type::kManifest, write_manifest(manifest));
        descriptor.platform = platform;
        return descriptor;
    }
    Descriptor index(const std::vector<Descriptor>& manifests) { return put(media_type::kIndex, write_index(Index{manifests, {}})); }

    // Writes the index and all blobs so far to a folder named `layout`.
    std::string write(const Descriptor& root, const std::vector<std::string>& tags = {}) {
        content.index = root;
        content.tags.clear();
        for (const std::string& tag : tags) content.tags.push_back(parse_reference(tag).value());
        if (!runtime::write_layout_folder(layout, content, store)) throw std::runtime_error("no layout");
        return layout;
    }
    // The same, beside the entries that the layout's index.json has already.
    std::string write_beside(const Descriptor& root, const std::vector<std::string>& tags) {
        const std::vector<Descriptor> before = entries();
        if (!runtime::remove_whole(layout + "/index.json", folder.path())) throw std::runtime_error("index.json stays");
        write(root, tags);
        std::vector<Descriptor> all = entries();
        all.insert(all.end(), before.begin(), before.end());
        if (!runtime::write_file(layout + "/index.json", write_index(Index{all, {}}))) throw std::runtime_error("no index.json");
        return layout;
    }
    std::vector<Descriptor> entries() const { return runtime::LayoutReader::open(layout).value().entries(); }

    TemporaryDirectory folder;
    runtime::BlobStore store{folder.path(), folder / "tmp"};
    runtime::ImageContent content;
    std::string layout = folder / "layout";
};

inline const Platform kAmd64{"linux", "amd64", "", "", {}};
inline const Platform kArm64{"linux", "arm64", "v8", "", {}};
inline const Platform kArmV6{"linux", "arm", "v6", "", {}};

}  // namespace mabplan::tests
