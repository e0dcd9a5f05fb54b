// image merge: the platforms of several images in one index, as `docker buildx imagetools create` makes it.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/oci/manifest.h"
#include "runtime/image/image_graph.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/moved_image.h"
#include "tools/mabplan/verbs.h"

#include <map>
#include <optional>
#include <set>

namespace mabplan::tools {

namespace {

// The entries of several images in one index.
class Merging {
public:
    explicit Merging(ImageWorld& world) : world_(world) {}

    Status add(const std::string& name) {
        MABPLAN_TRY(found, world_.find(name));
        MABPLAN_TRY(content, world_.gather(found, {}));
        MABPLAN_TRY(entries, entries_of(found, content));
        if (is_index_type(content.index.media_type)) whole_ = content.index;
        ++sources_;
        for (Descriptor& entry : entries) MABPLAN_CHECK(add_entry(std::move(entry), name));
        for (const Descriptor& blob : content.blobs)
            if (blobs_.insert(blob.digest).second) content_.blobs.push_back(blob);
        for (runtime::ImageParts& image : content.images) content_.images.push_back(std::move(image));
        return {};
    }

    // One index alone stays as it is.
    Result<runtime::ImageContent> finish(std::map<std::string, std::string> annotations) {
        if (sources_ == 1 && whole_ && annotations.empty()) {
            content_.index = *whole_;
            return std::move(content_);
        }
        MABPLAN_TRY(index, runtime::put_index(Index{entries_, std::move(annotations)}, world_.store()));
        content_.index = std::move(index);
        return std::move(content_);
    }

private:
    // Those of an index, or a manifest by itself with the platform of its configuration.
    Result<std::vector<Descriptor>> entries_of(const ImageWorld::Found& found, runtime::ImageContent& content) {
        MABPLAN_TRY(bytes, world_.store().read(content.index.digest));
        MABPLAN_TRY(document, parse_manifest(bytes, content.index.media_type, found.location.address));
        if (auto* index = std::get_if<Index>(&document)) {
            MABPLAN_TRY(json, parse_json(bytes, found.location.address));
            if (json["manifests"].size() == index->manifests.size()) return std::move(index->manifests);
            return fail(ErrorKind::Input,
                        format("{} has entries whose digests are no SHA-256: they can't be merged", found.location.address));
        }
        MABPLAN_TRY(listing, found.source->list());
        Descriptor entry = content.index;
        if (!listing.images.empty()) entry.platform = normalize_platform(listing.images.front().platform);
        content.blobs.push_back(content.index);
        return std::vector<Descriptor>{std::move(entry)};
    }

    Status add_entry(Descriptor entry, const std::string& name) {
        for (const Descriptor& known : entries_) {
            if (known.digest == entry.digest) return {};
            const bool is_image = entry.platform && entry.platform->os != "unknown";
            if (is_image && known.platform && normalize_platform(*known.platform) == normalize_platform(*entry.platform))
                return fail(ErrorKind::Input,
                            format("{} has an image for {}, and so has one before it", name, format_platform(*entry.platform)),
                            "take one of them out: image copy --platform");
        }
        entries_.push_back(std::move(entry));
        return {};
    }

    ImageWorld& world_;
    std::vector<Descriptor> entries_;
    std::set<Digest> blobs_;
    std::size_t sources_ = 0;
    std::optional<Descriptor> whole_;
    runtime::ImageContent content_;
};

// "KEY=VALUE" or "index:KEY=VALUE": it is the index that is made.
Result<std::map<std::string, std::string>> index_annotations(const std::vector<std::string>& texts) {
    constexpr std::string_view kIndex = "index:";
    std::map<std::string, std::string> annotations;
    for (const std::string& text : texts) {
        const std::string own = text.starts_with(kIndex) ? text.substr(kIndex.size()) : text;
        const std::size_t equals = own.find('=');
        const std::string key = own.substr(0, equals);
        if (equals == std::string::npos || key.empty()) return input_error(format("--annotation {}: expected KEY=VALUE", quoted(text)));
        if (key.find(':') != std::string::npos)
            return fail(ErrorKind::Input,
                        format("--annotation {}: images stay as they are, and the index alone is annotated", quoted(text)),
                        format("--annotation index:{}", own.substr(own.find(':') + 1)));
        annotations[key] = own.substr(equals + 1);
    }
    return annotations;
}

Status merge(const ImageMergeOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, options.network));
    Merging merging(*world);
    std::vector<std::string> sources = options.images, destinations = options.tags;
    if (destinations.empty()) {
        destinations.push_back(sources.front());
        sources.erase(sources.begin());
    }
    if (sources.empty()) return fail(ErrorKind::Input, "there is nothing to merge", "`mabplan image merge DESTINATION IMAGE…`");
    MABPLAN_TRY(annotations, index_annotations(options.annotations));
    for (const std::string& source : sources) MABPLAN_CHECK(merging.add(source));
    MABPLAN_TRY(content, merging.finish(std::move(annotations)));
    for (const std::string& destination : destinations) {
        MABPLAN_TRY(moved, write_to(*world, format("{}", join(sources, " + ")), destination, content, options.dry_run));
        say(moved, options.common, options.dry_run);
    }
    return {};
}

}  // namespace

int image_merge_verb(const ImageMergeOptions& options) { return report(merge(options)); }

}  // namespace mabplan::tools
