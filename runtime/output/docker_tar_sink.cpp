#include "plans/base/format.h"
#include "runtime/image/docker_manifest.h"
#include "runtime/image/layout_writer.h"
#include "runtime/output/archive_file.h"
#include "runtime/output/local_sinks.h"

namespace mabplan::runtime {

namespace {

class DockerTarSink final : public ImageSink {
public:
    explicit DockerTarSink(std::string path) : path_(std::move(path)) {}

    Result<bool> is_current(const ImageContent&) override { return false; }
    Status write(const ImageContent& content, ImageBlobs& blobs, Transfers&) override {
        if (content.images.size() != 1)
            return input_error(format("a docker output holds one image, and there are {}", content.images.size()));
        MABPLAN_CHECK(bring_all(content, blobs));
        const ImageParts& image = content.images.front();
        const std::string manifest = write_docker_manifest(image.config, image.layers, content.tags);
        return write_archive(path_, [&](ByteSink& out) { return write_layout_tar(out, content, blobs.store(), manifest); });
    }

private:
    std::string path_;
};

}  // namespace

std::unique_ptr<ImageSink> open_docker_tar(std::string path) { return std::make_unique<DockerTarSink>(std::move(path)); }

}  // namespace mabplan::runtime
