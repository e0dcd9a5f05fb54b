// What the verbs on images work with: the store, registries, what people name, and blobs on their way. Made once a verb.
#pragma once

#include "plans/oci/platform.h"
#include "runtime/events/transfers.h"
#include "runtime/image/image_blobs.h"
#include "runtime/image/image_sink.h"
#include "tools/mabplan/command_line.h"
#include "tools/mabplan/image_access.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/transfer_lines.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::tools {

class ImageWorld final : public runtime::ImageBlobs {
public:
    static Result<std::unique_ptr<ImageWorld>> open(const CommonOptions& common, const NetworkOptions& network);

    runtime::Store& stored() { return *store_; }
    Registries& registries() { return registries_; }
    ImageAccess& images() { return images_; }
    runtime::Transfers& transfers() { return transfers_; }

    struct Found {
        ImageLocation location;
        runtime::ImageSource* source = nullptr;
    };
    Result<Found> find(const std::string& image);
    // All that an image stands for, or its images for some platforms; its blobs can be brought from then on.
    Result<runtime::ImageContent> gather(const Found& found, const std::vector<Platform>& platforms,
                                         runtime::Absent absent = runtime::Absent::Refused);
    // What refers to its documents (image_source.h), the same; what had to be left out is told.
    Result<std::vector<runtime::ImageContent>> gather_referrers(const Found& found, const runtime::ImageContent& content);
    // Where the blobs of the content are that the store has not.
    std::vector<runtime::BlobOrigin> origins_of(const runtime::ImageContent& content);

    // A place that people name (image_address.h); a bare name is one of a registry. `content` gets the names that it has there.
    Result<std::unique_ptr<runtime::ImageSink>> open_place(const std::string& text, runtime::ImageContent& content);

    const runtime::BlobStore& store() const override { return store_->blobs(); }
    const runtime::Stop* stop() const override { return &interrupts_.stop(); }
    Status bring(const Descriptor& blob) override;
    // What the store has not is passed on as it comes, and kept only where that broke off.
    Result<std::unique_ptr<runtime::ByteSource>> open(const Descriptor& blob, std::uint64_t offset) override;
    std::optional<ImageLocation> origin(const Digest& blob) const override;

private:
    Status pass_on(runtime::ImageSource& source, const Descriptor& blob, runtime::ByteSink& out);
    ImageWorld(std::unique_ptr<runtime::Store> store, const CommonOptions& common, const NetworkOptions& network);

    std::unique_ptr<runtime::Store> store_;
    Interrupts interrupts_;
    Registries registries_;
    ImageAccess images_;
    TransferLines lines_;
    runtime::Transfers transfers_;
    std::map<Digest, Found> found_;  // the first that has each blob
};

// The platforms of a flag; none where nothing is said.
Result<std::vector<Platform>> asked_platforms(const std::vector<std::string>& texts);

}  // namespace mabplan::tools
