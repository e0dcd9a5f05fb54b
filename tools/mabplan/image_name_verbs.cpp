// image ls, tag, rm: the names that the store has for images.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/rfc3339.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/fill_template.h"
#include "tools/mabplan/image_ids.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/verbs.h"

#include <algorithm>
#include <cstdio>
#include <set>

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

// "app", "app:1": as a repository or as a name.
bool is_asked(const ImageListOptions& options, const std::string& name) {
    const auto reference = parse_reference(name);
    return options.names.empty() || std::any_of(options.names.begin(), options.names.end(), [&](const std::string& text) {
               const auto asked = parse_reference(text);
               if (!asked || !reference) return text == name;
               const bool has_tag = text.find(':', text.rfind('/') == std::string::npos ? 0 : text.rfind('/')) != std::string::npos;
               return asked->domain == reference->domain && asked->repository == reference->repository &&
                      (!has_tag || asked->tag == reference->tag);
           });
}

// What `docker images` knows of one.
Json image_fields(const runtime::NamedImage& image, const ImageListOptions& options) {
    const auto reference = parse_reference(image.name);
    const std::string digest = image.root.digest.text();
    return {{"Repository", reference ? familiar_reference({reference->domain, reference->repository, {}, {}}) : image.name},
            {"Tag", reference ? reference->tag : ""},
            {"ID", options.whole_ids ? digest : image.root.digest.short_hex()},
            {"Digest", digest},
            {"CreatedAt", format_rfc3339(image.made)}};
}

Status list(const ImageListOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, {.offline = true}));
    MABPLAN_TRY(images, world->stored().records().images());
    std::erase_if(images, [&](const runtime::NamedImage& image) { return !is_asked(options, image.name); });
    OrderedJson out = OrderedJson::array();
    std::size_t width = 4;
    for (const runtime::NamedImage& image : images) {
        const auto reference = parse_reference(image.name);
        width = std::max(width, reference ? familiar_reference(*reference).size() : image.name.size());
    }
    std::set<Digest> shown;
    for (const runtime::NamedImage& image : images) {
        const std::string id = options.whole_ids ? image.root.digest.text() : image.root.digest.short_hex();
        if (!options.format.empty()) {
            MABPLAN_TRY(line, fill_template(options.format, image_fields(image, options)));
            std::fputs((line + "\n").c_str(), stdout);
            continue;
        }
        if (options.ids_alone) {
            if (shown.insert(image.root.digest).second) std::fputs((id + "\n").c_str(), stdout);
            continue;
        }
        const auto reference = parse_reference(image.name);
        const std::string name = reference ? familiar_reference(*reference) : image.name;
        const std::string platforms = platforms_of(*world, image);
        out.push_back({{"name", image.name},
                       {"digest", image.root.digest.text()},
                       {"media_type", image.root.media_type},
                       {"platforms", platforms},
                       {"made", image.made}});
        if (!options.common.json)
            std::fputs(format("{:<{}}  {}  {}  {}\n", name, width, id, format_rfc3339(image.made), platforms).c_str(), stdout);
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

Failure not_here(ImageWorld& world, const std::string& name) {
    std::vector<std::string> names;
    if (const auto images = world.stored().records().images())
        for (const runtime::NamedImage& image : *images)
            if (const auto known = parse_reference(image.name)) names.push_back(familiar_reference(*known));
    const auto reference = parse_reference(name);
    std::string hint = suggestion(reference ? familiar_reference(*reference) : name, names);
    return fail(ErrorKind::Input, format("the store has no image {}", quoted(name)),
                hint.empty() ? "`mabplan image ls` shows those it has" : std::move(hint));
}

// The names that a text means: itself, or those of an id.
Result<std::vector<std::string>> names_to_remove(ImageWorld& world, const std::string& text, const ImageRemoveOptions& options) {
    if (const auto reference = parse_reference(text)) {
        MABPLAN_TRY(known, world.stored().records().images());
        const std::string name = format_reference(*reference);
        if (std::any_of(known.begin(), known.end(), [&](const runtime::NamedImage& image) { return image.name == name; }))
            return std::vector<std::string>{name};
    }
    MABPLAN_TRY(images, find_named_by_id(text, world.stored()));
    std::vector<std::string> names;
    for (const runtime::NamedImage& image : images) names.push_back(image.name);
    if (names.size() < 2 || options.force) return names;
    return fail(ErrorKind::Input, format("{} has several names: {}", text, join(names, ", ")), "remove them one by one, or all with -f");
}

Status remove(const ImageRemoveOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, {.offline = true}));
    for (const std::string& text : options.names) {
        MABPLAN_TRY(names, names_to_remove(*world, text, options));
        if (names.empty() && !options.force) return not_here(*world, text);
        if (names.empty()) std::fputs(format("the store has no image {}\n", quoted(text)).c_str(), stderr);
        for (const std::string& name : names) {
            MABPLAN_TRY(removed, world->stored().records().forget_image(name));
            static_cast<void>(removed);
            const auto reference = parse_reference(name);
            std::fputs(format("{}: the name is gone; `mabplan cache prune` frees what nobody uses any more\n",
                              reference ? familiar_reference(*reference) : name)
                           .c_str(),
                       stderr);
        }
    }
    return {};
}

}  // namespace

int image_list_verb(const ImageListOptions& options) { return report(list(options)); }

int image_tag_verb(const ImageTagOptions& options) { return report(tag(options)); }

int image_remove_verb(const ImageRemoveOptions& options) { return report(remove(options)); }

}  // namespace mabplan::tools
