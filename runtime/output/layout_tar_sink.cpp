#include "runtime/image/layout_writer.h"
#include "runtime/output/archive_file.h"
#include "runtime/output/local_sinks.h"

namespace mabplan::runtime {

namespace {

class LayoutTarSink final : public ImageSink {
public:
    explicit LayoutTarSink(std::string path) : path_(std::move(path)) {}

    Result<bool> is_current(const ImageContent&) override { return false; }
    Status write(const ImageContent& content, ImageBlobs& blobs, Transfers&) override {
        MABPLAN_CHECK(bring_all(content, blobs));
        return write_archive(path_, blobs.stop(), [&](ByteSink& out) { return write_layout_tar(out, {&content, 1}, blobs.store()); });
    }

private:
    std::string path_;
};

}  // namespace

std::unique_ptr<ImageSink> open_layout_tar(std::string path) { return std::make_unique<LayoutTarSink>(std::move(path)); }

}  // namespace mabplan::runtime
