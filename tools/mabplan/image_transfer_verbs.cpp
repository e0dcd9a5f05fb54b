// image pull, push, copy, save, load: images from one place to another, as they are.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/oci/manifest.h"
#include "runtime/output/local_sinks.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/image_address.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/import_archive.h"
#include "tools/mabplan/moved_image.h"
#include "tools/mabplan/verbs.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace mabplan::tools {

namespace {

using What = ImageTransferOptions::What;

// Where what refers to the image goes to: only registries know that, and keep it.
Result<Reference> place_of_referrers(const ImageWorld::Found& found, const std::string& to) {
    MABPLAN_TRY(address, parse_image_address(to));
    const bool from_registry = found.location.kind == ImageLocation::Kind::Registry;
    if (!from_registry || (address.kind != ImageAddress::Kind::Registry && address.kind != ImageAddress::Kind::Bare))
        return fail(ErrorKind::Input, "--referrers: what refers to an image is known of registries alone, and kept there alone",
                    "copy from one registry to another, or leave --referrers out");
    return parse_reference(address.text);
}

// Under no name, as it has none there. Also where the registry has it already: that it refers to the image may not be known there.
Result<std::vector<Moved>> copy_referrers(ImageWorld& world, const ImageWorld::Found& found, const runtime::ImageContent& content,
                                          const Reference& to, bool dry_run) {
    MABPLAN_TRY(referrers, world.gather_referrers(found, content));
    std::vector<Moved> moved;
    for (runtime::ImageContent& referrer : referrers) {
        const std::string& type = referrer.index.artifact_type;
        const std::string name = format("docker://{}/{}@{}", to.domain, to.repository, referrer.index.digest.text());
        moved.push_back({format("{} {}", found.location.address, quoted(type)), name, referrer.index.digest, bytes_of(referrer)});
        MABPLAN_TRY(place, world.open_place(name, referrer));
        if (!dry_run) MABPLAN_CHECK(place->write(referrer, world, world.transfers()));
    }
    return moved;
}

Result<std::vector<Moved>> copy(ImageWorld& world, const ImageTransferOptions& options, const std::string& from, const std::string& to) {
    MABPLAN_TRY(platforms, asked_platforms(options.platforms));
    MABPLAN_TRY(found, world.find(from));
    MABPLAN_TRY(aside, options.referrers ? place_of_referrers(found, to) : Result<Reference>(Reference{}));
    MABPLAN_TRY(content, world.gather(found, platforms));
    MABPLAN_TRY(moved, write_to(world, found.location.address, to, content, options.dry_run));
    std::vector<Moved> all{std::move(moved)};
    if (!options.referrers) return all;
    MABPLAN_TRY(more, copy_referrers(world, found, content, aside, options.dry_run));
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

// From its registry, under its name into the store: all documents, and the blobs of the platforms that are asked for.
Result<Moved> pull(ImageWorld& world, const ImageTransferOptions& options, const std::string& name) {
    MABPLAN_TRY(found, world.find(name.starts_with("docker://") ? name : "docker://" + name));
    MABPLAN_TRY(whole, world.gather(found, {}, options.all_platforms ? runtime::Absent::Refused : runtime::Absent::LeftOut));
    MABPLAN_TRY(platforms, asked_platforms(options.platforms));
    if (platforms.empty() && !options.all_platforms) platforms = {runtime::host_platform()};
    MABPLAN_TRY(wanted, options.all_platforms ? Result<runtime::ImageContent>(whole) : world.gather(found, platforms));
    Moved moved{found.location.address, "the store", whole.index.digest, bytes_of(wanted)};
    if (options.dry_run) return moved;
    MABPLAN_TRY(known, world.stored().records().find_image(found.location.address));
    const auto is_here = [&](const Descriptor& blob) { return world.store().size(blob.digest) == blob.size; };
    moved.was_there = known && known->root.digest == whole.index.digest && std::all_of(wanted.blobs.begin(), wanted.blobs.end(), is_here);
    MABPLAN_CHECK(runtime::bring_all(wanted, world));
    // small, and what the image is can be shown from then on without its registry
    for (const runtime::ImageParts& image : whole.images) MABPLAN_CHECK(world.bring(image.config));
    MABPLAN_CHECK(world.stored().records().put_image(found.location.address, whole.index, world.origins_of(whole)));
    return moved;
}

// "registry/app", without a tag: of all its tags something is wanted.
Result<Reference> read_repository(const std::string& text) {
    const std::string_view name = std::string_view(text).substr(text.starts_with("docker://") ? std::string_view("docker://").size() : 0);
    MABPLAN_TRY(reference, parse_reference(name));
    if (format_reference(reference) == format_reference(parse_reference(std::string(name) + ":latest").value_or(Reference{})))
        return reference;
    return fail(ErrorKind::Input, format("--all-tags: {} names one image alone", quoted(text)), "name its repository, without a tag");
}

// The names in the registry of all tags of a repository.
Result<std::vector<std::string>> all_tags(ImageWorld& world, const std::string& text) {
    MABPLAN_TRY(repository, read_repository(text));
    runtime::RegistryClient* client = world.registries().client();
    if (client == nullptr) return input_error("--all-tags and --offline exclude each other");
    MABPLAN_TRY(tags, client->list_tags(repository));
    if (tags.empty()) return fail(ErrorKind::Registry, format("{} has no tags", quoted(text)));
    std::vector<std::string> names;
    for (std::string& tag : tags) names.push_back(format_reference({repository.domain, repository.repository, std::move(tag), {}}));
    return names;
}

// The names that the store has in a repository.
Result<std::vector<std::string>> stored_names(ImageWorld& world, const std::string& text) {
    MABPLAN_TRY(repository, read_repository(text));
    MABPLAN_TRY(images, world.stored().records().images());
    std::vector<std::string> names;
    for (const runtime::NamedImage& image : images) {
        const auto reference = parse_reference(image.name);
        if (reference && reference->domain == repository.domain && reference->repository == repository.repository)
            names.push_back(image.name);
    }
    if (names.empty())
        return fail(ErrorKind::Input, format("the store has no image of {}", quoted(text)), "`mabplan image ls` shows those it has");
    return names;
}

// What is pushed to where its name says is an image of the store: what a registry has is there already.
Result<std::string> own_place(ImageWorld& world, const std::string& text) {
    MABPLAN_TRY(found, world.find(text));
    if (found.location.kind == ImageLocation::Kind::Store && parse_reference(found.location.address) &&
        !Digest::parse(found.location.address))
        return "docker://" + found.location.address;
    const bool is_name = found.location.kind == ImageLocation::Kind::Registry && !text.starts_with("docker");
    if (is_name)
        return fail(ErrorKind::Input, format("the store has no image {}", quoted(text)),
                    "`mabplan image ls` shows those it has; `mabplan build -t NAME` makes one");
    return fail(ErrorKind::Input, format("where {} goes to is not said", quoted(text)),
                format("mabplan image push {} REGISTRY/NAME:TAG", text));
}

// To where its name says, or to a second one. What was done is told at once: a later one may fail.
Status push(ImageWorld& world, const ImageTransferOptions& options) {
    if (options.images.size() > 2 || (options.all_tags && options.images.size() > 1))
        return input_error("`image push` takes an image and perhaps where it goes to; with --all-tags a repository alone");
    std::vector<std::string> names{options.images[0]};
    if (options.all_tags) {
        MABPLAN_TRY(stored, stored_names(world, options.images[0]));
        names = std::move(stored);
    }
    for (const std::string& name : names) {
        MABPLAN_TRY(to, options.images.size() == 2 ? Result<std::string>(options.images[1]) : own_place(world, name));
        MABPLAN_TRY(moved, copy(world, options, name, to));
        for (const Moved& each : moved) say(each, options.common, options.dry_run);
    }
    return {};
}

// The platforms of a pulled image that the store has whole, where it has some of them and not all. None for one that was built here: what
// it lacks is fetched.
Result<std::vector<Platform>> platforms_at_hand(ImageWorld& world, const ImageWorld::Found& found, const runtime::ImageContent& content) {
    std::vector<Platform> whole;
    if (found.location.kind != ImageLocation::Kind::Store) return whole;
    const auto is_here = [&](const Descriptor& blob) { return world.store().size(blob.digest) == blob.size; };
    bool lacks_some = false;
    for (const runtime::ImageParts& image : content.images) {
        if (!image.manifest.platform) return std::vector<Platform>();
        if (!world.stored().records().find_origin(image.config.digest).value_or(std::nullopt)) return std::vector<Platform>();
        const bool is_whole = is_here(image.config) && std::all_of(image.layers.begin(), image.layers.end(), is_here);
        if (is_whole && image.manifest.platform->os != "unknown") whole.push_back(normalize_platform(*image.manifest.platform));
        lacks_some = lacks_some || !is_whole;
    }
    return lacks_some ? whole : std::vector<Platform>();
}

// The name that the archive is to have for it: what the store or a registry knows it by. A digest, an id and a place are no names.
std::vector<Reference> names_to_save(const ImageLocation& location) {
    const bool is_named = location.kind != ImageLocation::Kind::Layout && !Digest::parse(location.address);
    const auto name = is_named ? parse_image_name(location.address) : Result<Reference>(fail(ErrorKind::Input, ""));
    return name ? std::vector<Reference>{*name} : std::vector<Reference>{};
}

Result<runtime::ImageContent> content_to_save(ImageWorld& world, const std::string& image, const std::vector<Platform>& platforms) {
    MABPLAN_TRY(found, world.find(image));
    MABPLAN_TRY(content, world.gather(found, platforms));
    MABPLAN_TRY(at_hand,
                platforms.empty() ? platforms_at_hand(world, found, content) : Result<std::vector<Platform>>(std::vector<Platform>()));
    if (!at_hand.empty()) {
        std::vector<std::string> shown;
        for (const Platform& platform : at_hand) shown.push_back(format_platform(platform));
        std::fputs(format("{}: saved as far as the store has it, for {}; --platform names others\n", image, join(shown, ", ")).c_str(),
                   stderr);
        MABPLAN_TRY(part, world.gather(found, at_hand));
        content = std::move(part);
    }
    content.tags = names_to_save(found.location);
    return content;
}

// One tar with all of them, each once and under its names.
Status save(ImageWorld& world, const ImageTransferOptions& options) {
    if (options.output.empty() && ::isatty(STDOUT_FILENO) != 0)
        return fail(ErrorKind::Input, "a tar is not written to a terminal", "name a file: -o FILE");
    const std::string output = options.output.empty() ? "-" : options.output;
    const std::string path = is_standard_output(output) ? "-" : absolute_path(output);
    if (runtime::is_directory(path))
        return fail(ErrorKind::Input, format("-o {}: that is a folder", quoted(output)),
                    "name a file; `mabplan image copy IMAGE oci:DIR` writes a layout into a folder");
    MABPLAN_TRY(platforms, asked_platforms(options.platforms));
    std::vector<runtime::ImageContent> contents;
    std::vector<Moved> all;
    for (const std::string& image : options.images) {
        MABPLAN_TRY(content, content_to_save(world, image, platforms));
        const auto same = std::find_if(contents.begin(), contents.end(),
                                       [&](const runtime::ImageContent& known) { return known.index.digest == content.index.digest; });
        all.push_back({image, output, content.index.digest, bytes_of(content), false, path == "-"});
        if (same == contents.end()) {
            contents.push_back(std::move(content));
            continue;
        }
        for (Reference& name : content.tags)
            if (std::find(same->tags.begin(), same->tags.end(), name) == same->tags.end()) same->tags.push_back(std::move(name));
    }
    if (!options.dry_run) MABPLAN_CHECK(runtime::write_saved_tar(path, contents, runtime::host_platform(), world));
    for (const Moved& each : all) say(each, options.common, options.dry_run);
    return {};
}

// The first failure counts, and keeps nobody from what stands behind it.
Status pull_each(ImageWorld& world, const ImageTransferOptions& options) {
    Status first;
    const auto note = [&](const Error& error) {
        if (first) first = fail(error);
        else report(error);
    };
    for (const std::string& image : options.images) {
        auto names = options.all_tags ? all_tags(world, image) : Result<std::vector<std::string>>(std::vector<std::string>{image});
        if (!names) {
            note(names.error());
            continue;
        }
        for (const std::string& name : *names) {
            const auto moved = pull(world, options, name);
            if (moved) say(*moved, options.common, options.dry_run);
            else if (moved.error().kind == ErrorKind::Interrupted) return fail(moved.error());
            else note(moved.error());
        }
    }
    return first;
}

Status transfer(const ImageTransferOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, options.network));
    switch (options.what) {
        case What::Pull: return pull_each(*world, options);
        case What::Push: return push(*world, options);
        case What::Copy: {
            if (options.images.size() != 2) return input_error("`image copy` takes an image and where it goes to");
            MABPLAN_TRY(moved, copy(*world, options, options.images[0], options.images[1]));
            for (const Moved& each : moved) say(each, options.common, options.dry_run);
            return {};
        }
        case What::Save: return save(*world, options);
    }
    return {};
}

// A tag alone gets no name of the store: what repository it is of, nobody says.
Status load(const ImageLoadOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, {}));
    MABPLAN_TRY(images, import_archive(options.input, world->stored(), world->stop()));
    if (images.empty()) return input_error(format("{} holds no image", options.input));
    OrderedJson list = OrderedJson::array();
    for (const runtime::ArchivedImage& image : images) {
        std::vector<std::string> names;
        for (const std::string& name : image.names) {
            const auto reference = parse_image_name(name);  // what an archive says of digests is not believed
            if (!reference || name.find_first_of("/:") == std::string::npos) continue;
            names.push_back(format_reference(*reference));
            MABPLAN_CHECK(world->stored().records().put_image(names.back(), image.root));
        }
        list.push_back({{"digest", image.root.digest.text()}, {"names", names}});
        if (!options.common.json)
            std::fputs(format("{} {}\n", image.root.digest.text(),
                              names.empty() ? "has no name: `mabplan image tag` gives it one" : format("{}", join(names, " ")))
                           .c_str(),
                       stdout);
    }
    if (options.common.json)
        std::fputs(dump_json_pretty(OrderedJson{{"schema", "mabplan-load-1"}, {"images", std::move(list)}}).c_str(), stdout);
    return {};
}

}  // namespace

int image_transfer_verb(const ImageTransferOptions& options) { return report(transfer(options)); }

int image_load_verb(const ImageLoadOptions& options) { return report(load(options)); }

}  // namespace mabplan::tools
