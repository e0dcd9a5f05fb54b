#include "tools/mabplan/image_world.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/byte_pipe.h"
#include "runtime/output/local_sinks.h"
#include "runtime/sandbox/emulator.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/image_address.h"
#include "tools/mabplan/output_places.h"
#include "tools/mabplan/process.h"

#include <cstdio>

namespace mabplan::tools {

namespace {

// "latest" alone is a tag; with a repository it is a full name, which stands there as it was written, as skopeo has it.
Status name_in_layout(const std::string& text, runtime::ImageContent& content) {
    const bool is_tag = text.find_first_of("/:@") == std::string::npos;
    MABPLAN_TRY(name, parse_image_name(is_tag ? "image:" + text : text));
    if (is_tag) name = {{}, {}, text, std::nullopt};
    else content.layout_tag = text;
    content.tags.push_back(std::move(name));
    return {};
}

}  // namespace

Result<std::vector<Platform>> asked_platforms(const std::vector<std::string>& texts) {
    return parse_platforms(texts, runtime::host_platform());
}

ImageWorld::ImageWorld(std::unique_ptr<runtime::Store> store, const CommonOptions& common, const NetworkOptions& network)
    : store_(std::move(store)),
      registries_({absolute_path("."), {}, network.insecure, network.offline, &interrupts_.stop()}),
      images_({absolute_path("."), true, &interrupts_.stop()}, *store_, registries_),
      lines_(common.progress),
      transfers_(lines_) {}

Result<std::unique_ptr<ImageWorld>> ImageWorld::open(const CommonOptions& common, const NetworkOptions& network) {
    MABPLAN_CHECK(change_directory(common.directory));
    MABPLAN_TRY(store, open_store(common));
    return std::unique_ptr<ImageWorld>(new ImageWorld(std::move(store), common, network));
}

Result<ImageWorld::Found> ImageWorld::find(const std::string& image) {
    MABPLAN_TRY(location, images_.locate(image));
    MABPLAN_TRY(source, images_.open(location));
    return Found{std::move(location), source};
}

Result<runtime::ImageContent> ImageWorld::gather(const Found& found, const std::vector<Platform>& platforms, runtime::Absent absent) {
    MABPLAN_TRY(content, found.source->gather(platforms, store_->blobs(), absent));
    for (const Descriptor& blob : content.blobs) found_.emplace(blob.digest, found);
    return content;
}

Result<std::vector<runtime::ImageContent>> ImageWorld::gather_referrers(const Found& found, const runtime::ImageContent& content) {
    MABPLAN_TRY(gathered, found.source->gather_referrers(content, store_->blobs()));
    for (const Descriptor& each : gathered.left_out)
        std::fputs(format("warning: {} is listed as referring to {}, and {}: it is left out\n", each.digest.text(), found.location.address,
                          is_image_document(each) ? "is not there" : format("is no manifest, but {}", quoted(each.media_type)))
                       .c_str(),
                   stderr);
    for (const runtime::ImageContent& referrer : gathered.found)
        for (const Descriptor& blob : referrer.blobs) found_.emplace(blob.digest, found);
    return std::move(gathered.found);
}

Status ImageWorld::bring(const Descriptor& blob) {
    if (store_->blobs().size(blob.digest) == blob.size) return {};
    const auto found = found_.find(blob.digest);
    if (found == found_.end()) return fail(ErrorKind::Verify, format("the blob {} is not in the store", blob.digest.text()));
    const Found& from = found->second;
    return transfers_.follow(format("{} {}", from.location.address, blob.digest.short_hex()), [&](const runtime::ByteProgress& progress) {
        return from.source->fetch_blob(blob, store_->blobs(), progress);
    });
}

// What breaks off goes on from the store, which gets the whole, from wherever it can be had.
Status ImageWorld::pass_on(runtime::ImageSource& source, const Descriptor& blob, runtime::ByteSink& out) {
    std::uint64_t passed = 0;
    const runtime::ByteProgress note = [&](std::uint64_t done, std::optional<std::uint64_t>) { passed = done; };
    runtime::ProgressSink noted(out, note, std::nullopt);
    Status sent = source.send_blob(blob, noted);
    if (sent || (sent.error().kind != ErrorKind::Registry && sent.error().kind != ErrorKind::Verify)) return sent;
    MABPLAN_CHECK(bring(blob));
    return store().send(blob.digest, passed, out);
}

Result<std::unique_ptr<runtime::ByteSource>> ImageWorld::open(const Descriptor& blob, std::uint64_t offset) {
    if (const auto found = found_.find(blob.digest);
        found != found_.end() && offset == 0 && store_->blobs().size(blob.digest) != blob.size) {
        return runtime::read_produced(
            [this, source = found->second.source, blob](runtime::ByteSink& out) { return pass_on(*source, blob, out); });
    }
    return ImageBlobs::open(blob, offset);
}

std::optional<ImageLocation> ImageWorld::origin(const Digest& blob) const {
    if (const auto found = found_.find(blob); found != found_.end() && found->second.location.kind != ImageLocation::Kind::Store) {
        ImageLocation location = found->second.location;
        // it may be asked from another folder later
        if (location.kind == ImageLocation::Kind::Layout) location.address = absolute_path(location.address);
        return location;
    }
    auto known = store_->records().find_origin(blob);
    return known ? std::move(*known) : std::nullopt;
}

std::vector<runtime::BlobOrigin> ImageWorld::origins_of(const runtime::ImageContent& content) {
    std::vector<runtime::BlobOrigin> origins;
    for (const Descriptor& blob : content.blobs)
        if (auto from = origin(blob.digest)) origins.emplace_back(blob.digest, std::move(*from));
    return origins;
}

Result<std::unique_ptr<runtime::ImageSink>> ImageWorld::open_place(const std::string& text, runtime::ImageContent& content) {
    MABPLAN_TRY(address, parse_image_address(text));
    content.tags.clear();
    content.layout_tag.clear();
    if (address.kind == ImageAddress::Kind::Layout) {
        MABPLAN_TRY(layout, runtime::parse_layout_address(address.text));
        if (layout.digest) return input_error(format("{}: what is written has the digest that it has", quoted(text)));
        if (!layout.tag.empty()) MABPLAN_CHECK(name_in_layout(layout.tag, content));
        return runtime::open_layout_folder(absolute_path(layout.folder));
    }
    if (address.is_archive()) {
        if (!address.name.empty() && address.kind == ImageAddress::Kind::LayoutArchive) {
            MABPLAN_CHECK(name_in_layout(address.name, content));
        } else if (!address.name.empty()) {
            MABPLAN_TRY(name, parse_image_name(address.name));
            content.tags.push_back(std::move(name));
        }
        const std::string path = address.text == "-" ? address.text : absolute_path(address.text);
        if (address.kind == ImageAddress::Kind::LayoutArchive) return runtime::open_layout_tar(path);
        return runtime::open_docker_tar(path);
    }
    if (address.kind == ImageAddress::Kind::Bare && (address.text.starts_with('.') || address.text.starts_with('/')))
        return fail(ErrorKind::Input, format("{} is a path, and a path alone does not say what is to be written there", quoted(text)),
                    format("write oci:{0} for a layout in a folder, oci-archive:{0} or docker-archive:{0} for a tar", address.text));
    auto reference = parse_reference(address.text);
    if (!reference) {
        Error error = std::move(reference).error();
        if (error.hint.empty())
            error.hint = format("write oci:{0} for a layout in a folder, or the name of an image in a registry", address.text);
        return fail(std::move(error));
    }
    const bool by_digest = reference->digest.has_value();
    if (by_digest && *reference->digest != content.index.digest)
        return fail(
            ErrorKind::Input,
            format("{} is to be {}, and what is pushed is {}", quoted(text), reference->digest->text(), content.index.digest.text()),
            "leave the digest out, or push what has it");
    return open_registries(registries_, {format_reference(*reference)}, by_digest, false);
}

}  // namespace mabplan::tools
