#include "tools/mabplan/image_access.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/oci/manifest.h"
#include "runtime/sys/file.h"

namespace mabplan::tools {

struct ImageAccess::State {
    Options options;
    runtime::Store& store;
};

ImageAccess::ImageAccess(Options options, runtime::Store& store) : state_(new State{std::move(options), store}) {}
ImageAccess::~ImageAccess() = default;

Result<compiler::BaseImage> ImageAccess::resolve(const compiler::ImageRequest& request) {
    std::string dir = request.replaced.substr(std::string("oci-layout://").size());
    if (auto colon = dir.rfind(':'); colon != std::string::npos) dir = dir.substr(0, colon);
    const std::string full = join_path(state_->options.root, dir);
    const auto blob = [&](const Digest& d) { return runtime::read_file(full + "/blobs/sha256/" + d.hex()); };
    MABPLAN_TRY(index_text, runtime::read_file(full + "/index.json"));
    MABPLAN_TRY(top, parse_manifest(index_text, {}, "index.json"));
    Index index = std::get<Index>(top);
    Digest index_digest;
    for (;;) {
        std::vector<Platform> offered;
        for (auto& m : index.manifests) offered.push_back(m.platform.value_or(Platform{}));
        std::size_t pick = 0;
        if (index.manifests.size() > 1) {
            auto c = choose_platform(request.platform, offered);
            if (!c) return input_error("no platform");
            pick = *c;
        }
        Descriptor d = index.manifests[pick];
        MABPLAN_TRY(text, blob(d.digest));
        MABPLAN_TRY(doc, parse_manifest(text, {}, "manifest"));
        if (auto* next = std::get_if<Index>(&doc)) { index = *next; index_digest = d.digest; continue; }
        Manifest m = std::get<Manifest>(doc);
        MABPLAN_TRY(config_text, blob(m.config.digest));
        MABPLAN_TRY(config, parse_image_config(config_text, "config"));
        compiler::BaseImage base;
        base.platform = config.platform;
        base.location = {ImageLocation::Kind::Layout, dir, index_digest, d.digest};
        for (std::size_t i = 0; i < m.layers.size(); ++i) base.layers.push_back({m.layers[i], config.diff_ids[i]});
        base.config = config;
        return base;
    }
}

Status ImageAccess::fetch(const ImageLocation& location, const Descriptor& blob) {
    MABPLAN_TRY(bytes, runtime::read_file(join_path(state_->options.root, location.address) + "/blobs/sha256/" + blob.digest.hex(), 1U << 30U));
    return state_->store.blobs().put(blob.digest, bytes);
}

}  // namespace mabplan::tools
