// image ls, tag, rm: the names that the store has for images.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/rfc3339.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/verbs.h"

#include <algorithm>
#include <cstdio>

namespace mabplan::tools {

namespace {

std::string platforms_of(ImageWorld& world, const runtime::NamedImage& image) {
    const auto source = world.images().open({ImageLocation::Kind::Store, image.name, {}, {}});
    const auto listing = source ? (*source)->list() : Result<runtime::ImageListing>(runtime::ImageListing{});
    std::vector<std::string> platforms;
    if (listing)
        for (const runtime::OfferedImage& offered : listing->images)
            platforms.push_back(format_platform(normalize_platform(offered.platform)));
    return format("{}", join(platforms, ", "));
}

Status list(const ImageListOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, {.offline = true}));
    MABPLAN_TRY(images, world->stored().records().images());
    OrderedJson out = OrderedJson::array();
    std::size_t width = 4;
    for (const runtime::NamedImage& image : images) {
        const auto reference = parse_reference(image.name);
        width = std::max(width, reference ? familiar_reference(*reference).size() : image.name.size());
    }
    for (const runtime::NamedImage& image : images) {
        const auto reference = parse_reference(image.name);
        const std::string name = reference ? familiar_reference(*reference) : image.name;
        const std::string platforms = platforms_of(*world, image);
        out.push_back({{"name", image.name},
                       {"digest", image.root.digest.text()},
                       {"media_type", image.root.media_type},
                       {"platforms", platforms},
                       {"made", image.made}});
        if (!options.common.json)
            std::fputs(
                format("{:<{}}  {}  {}  {}\n", name, width, image.root.digest.short_hex(), format_rfc3339(image.made), platforms).c_str(),
                stdout);
    }
    if (options.common.json)
        std::fputs(dump_json_pretty(OrderedJson{{"schema", "mabplan-images-1"}, {"images", std::move(out)}}).c_str(), stdout);
    return {};
}

Status tag(const ImageTagOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, options.network));
    MABPLAN_TRY(found, world->find(options.source));
    MABPLAN_TRY(content, world->gather(found, {}));
    for (const std::string& name : options.names) {
        MABPLAN_TRY(reference, parse_image_name(name));
        MABPLAN_CHECK(world->stored().records().put_image(format_reference(reference), content.index, world->origins_of(content)));
    }
    return {};
}

Status remove(const ImageRemoveOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, {.offline = true}));
    for (const std::string& name : options.names) {
        MABPLAN_TRY(reference, parse_reference(name));
        MABPLAN_TRY(removed, world->stored().records().forget_image(format_reference(reference)));
        if (!removed) {
            MABPLAN_TRY(images, world->stored().records().images());
            std::vector<std::string> names;
            for (const runtime::NamedImage& image : images)
                if (const auto known = parse_reference(image.name)) names.push_back(familiar_reference(*known));
            std::string hint = suggestion(familiar_reference(reference), names);
            return fail(ErrorKind::Input, format("the store has no image {}", quoted(name)),
                        hint.empty() ? "`mabplan image ls` shows those it has" : std::move(hint));
        }
        std::fputs(format("{}: the name is gone; `mabplan cache prune` frees what nobody uses any more\n", name).c_str(), stderr);
    }
    return {};
}

}  // namespace

int image_list_verb(const ImageListOptions& options) { return report(list(options)); }

int image_tag_verb(const ImageTagOptions& options) { return report(tag(options)); }

int image_remove_verb(const ImageRemoveOptions& options) { return report(remove(options)); }

}  // namespace mabplan::tools
