#include "plans/base/format.h"
#include "runtime/image/docker_manifest.h"
#include "runtime/image/layout_writer.h"
#include "runtime/output/archive_file.h"
#include "runtime/output/local_sinks.h"

#include <vector>

namespace mabplan::runtime {

namespace {

// Without attestations, which have a place in an index and no platform.
std::vector<const ImageParts*> own_images(const ImageContent& content) {
    std::vector<const ImageParts*> images;
    for (const ImageParts& image : content.images)
        if (!image.manifest.platform || image.manifest.platform->os != "unknown") images.push_back(&image);
    return images;
}

class DockerTarSink final : public ImageSink {
public:
    explicit DockerTarSink(std::string path) : path_(std::move(path)) {}

    Result<bool> is_current(const ImageContent&) override { return false; }
    Status write(const ImageContent& content, ImageBlobs& blobs, Transfers&) override {
        const auto images = own_images(content);
        if (images.size() != 1)
            return fail(ErrorKind::Input, format("a docker output holds one image, and there are {}", images.size()),
                        "name one platform (--platform), or write an oci-archive");
        return write_saved_tar(path_, {&content, 1}, images.front()->manifest.platform.value_or(Platform{}), blobs);
    }

private:
    std::string path_;
};

}  // namespace

// manifest.json knows no index: of several platforms it names one.
Status write_saved_tar(const std::string& path, std::span<const ImageContent> contents, const Platform& host, ImageBlobs& blobs) {
    std::vector<SavedImage> saved;
    for (const ImageContent& content : contents) {
        MABPLAN_CHECK(bring_all(content, blobs));
        const auto images = own_images(content);
        std::vector<Platform> platforms;
        for (const ImageParts* image : images) platforms.push_back(image->manifest.platform.value_or(host));
        if (!images.empty()) saved.push_back({images[choose_platform(host, platforms).value_or(0)], &content.tags});
    }
    const std::string manifest = write_docker_manifest(saved);
    return write_archive(path, blobs.stop(), [&](ByteSink& out) { return write_layout_tar(out, contents, blobs.store(), manifest); });
}

std::unique_ptr<ImageSink> open_docker_tar(std::string path) { return std::make_unique<DockerTarSink>(std::move(path)); }

}  // namespace mabplan::runtime
