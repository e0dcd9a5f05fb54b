#include "runtime/output/engine_sink.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/output/local_sinks.h"
#include "runtime/sys/program.h"

#include <utility>

namespace mabplan::runtime {

namespace {

// The image for this host, with all that belongs to it and to no other.
Result<ImageContent> image_for(const ImageContent& content, const Platform& host) {
    if (content.images.size() < 2) return content;
    std::vector<Platform> offered;
    for (const ImageParts& image : content.images) offered.push_back(image.manifest.platform.value_or(Platform{}));
    const auto best = choose_platform(host, offered);
    if (!best)
        return fail(ErrorKind::Input, format("no image of these is for {}, which is this host's", format_platform(host)),
                    "--load takes the image of this host's platform: build it as well, or write a file with -o type=oci,dest=FILE");
    ImageContent one = content;
    const ImageParts& image = content.images[*best];
    one.index = image.manifest;
    one.index.platform.reset();
    one.blobs = image.layers;
    one.blobs.push_back(image.config);
    one.images = {image};
    return one;
}

class EngineSink final : public ImageSink {
public:
    explicit EngineSink(EngineSurroundings surroundings) : around_(std::move(surroundings)) {}

    Result<bool> is_current(const ImageContent&) override { return false; }
    Status write(const ImageContent& content, ImageBlobs& blobs, Transfers& transfers) override {
        std::string program;
        for (const char* name : {"docker", "podman"})
            if (program.empty()) program = find_program(name, around_.folders);
        if (program.empty())
            return fail(
                ErrorKind::Environment, "there is no docker and no podman here to load an image into",
                "write a file for `docker load` elsewhere: -o type=docker,dest=FILE; `mabplan image run NAME` runs what was tagged");
        MABPLAN_TRY(one, image_for(content, around_.host));
        const std::string archive = around_.scratch + "/load.tar";
        MABPLAN_CHECK(open_docker_tar(archive)->write(one, blobs, transfers));
        MABPLAN_TRY(end, run_program({{program, "load", "--input", archive}, around_.env, "/"}, around_.stop));
        if (end.code == 0) return {};
        Error error{ErrorKind::Environment, format("{} load ended with {}", program, end.code)};
        error.detail = end.errors;
        return fail(std::move(error));
    }

private:
    EngineSurroundings around_;
};

}  // namespace

std::unique_ptr<ImageSink> open_engine(EngineSurroundings surroundings) { return std::make_unique<EngineSink>(std::move(surroundings)); }

}  // namespace mabplan::runtime
