#include "plans/base/format.h"
#include "runtime/image/docker_manifest.h"
#include "runtime/image/layout_writer.h"
#include "runtime/output/archive_file.h"
#include "runtime/output/local_sinks.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

class DockerTarSink final : public ImageSink {
public:
    explicit DockerTarSink(std::string path) : path_(std::move(path)) {}

    Result<bool> is_current(const ImageContent&) override { return false; }
    Status write(const ImageContent& content, ImageBlobs& blobs, Transfers&) override {
        if (content.images.size() != 1)
            return fail(ErrorKind::Input, format("a docker output holds one image, and there are {}", content.images.size()),
                        "name one platform (--platform), or write an oci-archive");
        return write_saved_tar(path_, {&content, 1}, blobs);
    }

private:
    std::string path_;
};

}  // namespace

Status write_saved_tar(const std::string& path, std::span<const ImageContent> contents, ImageBlobs& blobs) {
    for (const ImageContent& content : contents) MABPLAN_CHECK(bring_all(content, blobs));
    // docker knows no index: with one it is a layout alone
    const bool is_for_docker =
        std::all_of(contents.begin(), contents.end(), [](const ImageContent& content) { return content.images.size() == 1; });
    const std::string manifest = is_for_docker ? write_docker_manifest(contents) : std::string();
    return write_archive(path, [&](ByteSink& out) { return write_layout_tar(out, contents, blobs.store(), manifest); });
}

std::unique_ptr<ImageSink> open_docker_tar(std::string path) { return std::make_unique<DockerTarSink>(std::move(path)); }

}  // namespace mabplan::runtime
