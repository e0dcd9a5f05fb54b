// image diff: what two images differ in: platforms, configuration, files.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/tree/listing.h"
#include "runtime/image_files.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/verbs.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace mabplan::tools {

namespace {

constexpr int kDifferent = 1;
constexpr std::size_t kMostLines = 1000;

using Lines = std::vector<std::string>;

std::string shown(const Json& value) { return dump_json(value); }

// Member by member: "config.Env: … -> …". What describes layers is compared as layers.
void compare_members(const std::string& name, const Json& before, const Json& after, Lines& lines) {
    if (before == after || name == "rootfs" || name == "history") return;
    if (!before.is_object() || !after.is_object()) {
        lines.push_back(format("{}: {} -> {}", name, shown(before), shown(after)));
        return;
    }
    std::map<std::string, int> keys;
    for (const auto& [key, value] : before.items()) keys[key] = 0;
    for (const auto& [key, value] : after.items()) keys[key] = 0;
    for (const auto& [key, unused] : keys) {
        const std::string inner = name.empty() ? key : name + "." + key;
        compare_members(inner, before.contains(key) ? before[key] : Json(), after.contains(key) ? after[key] : Json(), lines);
    }
}

struct Side {
    ImageWorld::Found found;
    runtime::ImageListing listing;
};

Result<Side> open_side(ImageWorld& world, const std::string& name) {
    MABPLAN_TRY(found, world.find(name));
    MABPLAN_TRY(listing, found.source->list());
    return Side{std::move(found), std::move(listing)};
}

std::vector<std::string> platforms_in(const Side& side) {
    std::vector<std::string> names;
    for (const runtime::OfferedImage& image : side.listing.images)
        names.push_back(format_platform_full(normalize_platform(image.platform)));
    std::sort(names.begin(), names.end());
    return names;
}

// The files of both, where their layers differ.
Result<Lines> compare_files(ImageWorld& world, const Side& before, const compiler::BaseImage& was, const Side& after,
                            const compiler::BaseImage& is) {
    const auto diff_ids = [](const compiler::BaseImage& image) {
        std::vector<Digest> ids;
        for (const BaseLayer& layer : image.layers) ids.push_back(layer.diff_id);
        return ids;
    };
    if (diff_ids(was) == diff_ids(is)) return Lines{};
    MABPLAN_TRY(old_files, runtime::list_image_files(was.layers, before.found.location, world.stored(), world.images(), *world.stop()));
    MABPLAN_TRY(new_files, runtime::list_image_files(is.layers, after.found.location, world.stored(), world.images(), *world.stop()));
    return describe_difference(old_files, new_files, kMostLines);
}

class Diff {
public:
    Diff(ImageWorld& world, Side before, Side after) : world_(world), before_(std::move(before)), after_(std::move(after)) {}

    Status run(const std::string& asked) {
        const auto was = platforms_in(before_), is = platforms_in(after_);
        for (const std::string& platform : was)
            if (std::find(is.begin(), is.end(), platform) == is.end() && asked.empty()) platforms_.push_back(platform + ": removed");
        for (const std::string& platform : is)
            if (std::find(was.begin(), was.end(), platform) == was.end() && asked.empty()) platforms_.push_back(platform + ": added");
        std::vector<Platform> both;
        MABPLAN_TRY(wanted, asked_platforms(asked.empty() ? std::vector<std::string>{} : std::vector<std::string>{asked}));
        for (const runtime::OfferedImage& image : before_.listing.images)
            if (std::find(is.begin(), is.end(), format_platform_full(normalize_platform(image.platform))) != is.end())
                both.push_back(normalize_platform(image.platform));
        if (!wanted.empty()) both = wanted;
        // two bare images are compared whatever they are for
        if (both.empty() && before_.listing.images.size() == 1 && after_.listing.images.size() == 1)
            return compare(before_.listing.images[0].platform, after_.listing.images[0].platform);
        for (const Platform& platform : both) MABPLAN_CHECK(compare(platform, platform));
        return {};
    }

    bool is_different() const {
        return !platforms_.empty() || std::any_of(images_.begin(), images_.end(),
                                                  [](const Image& image) { return !image.config.empty() || !image.files.empty(); });
    }

    std::string text() const {
        std::string out;
        for (const std::string& line : platforms_) out += format("platform {}\n", line);
        for (const Image& image : images_) {
            if (image.config.empty() && image.files.empty()) continue;
            out += image.platform + "\n";
            for (const std::string& line : image.config) out += format("  {}\n", line);
            for (const std::string& line : image.files) out += format("  /{}\n", line);
        }
        return out.empty() ? "no difference\n" : out;
    }

    OrderedJson json() const {
        OrderedJson list = OrderedJson::array();
        for (const Image& image : images_)
            list.push_back({{"platform", image.platform}, {"configuration", image.config}, {"files", image.files}});
        return {{"schema", "mabplan-diff-1"}, {"different", is_different()}, {"platforms", platforms_}, {"images", std::move(list)}};
    }

private:
    struct Image {
        std::string platform;
        Lines config;
        Lines files;
    };

    Status compare(const Platform& was_platform, const Platform& is_platform) {
        MABPLAN_TRY(was_resolved, before_.found.source->resolve(was_platform));
        MABPLAN_TRY(is_resolved, after_.found.source->resolve(is_platform));
        Image image{format_platform(normalize_platform(was_platform)), {}, {}};
        const Json was_config = Json::parse(was_resolved.config.json), is_config = Json::parse(is_resolved.config.json);
        compare_members("", was_config, is_config, image.config);
        const compiler::BaseImage was = base_image(std::move(was_resolved), before_.found.location);
        const compiler::BaseImage is = base_image(std::move(is_resolved), after_.found.location);
        MABPLAN_TRY(files, compare_files(world_, before_, was, after_, is));
        image.files = std::move(files);
        images_.push_back(std::move(image));
        return {};
    }

    ImageWorld& world_;
    Side before_, after_;
    Lines platforms_;
    std::vector<Image> images_;
};

Result<int> diff(const ImageDiffOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, options.network));
    MABPLAN_TRY(before, open_side(*world, options.before));
    MABPLAN_TRY(after, open_side(*world, options.after));
    Diff compared(*world, std::move(before), std::move(after));
    MABPLAN_CHECK(compared.run(options.platform));
    std::fputs((options.common.json ? dump_json_pretty(compared.json()) : compared.text()).c_str(), stdout);
    return compared.is_different() ? kDifferent : 0;
}

}  // namespace

int image_diff_verb(const ImageDiffOptions& options) {
    const auto code = diff(options);
    return code ? *code : report(code.error());
}

}  // namespace mabplan::tools
