#include "plans/base/text.h"
#include "runtime/image/layout_writer.h"
#include "runtime/output/local_sinks.h"
#include "runtime/sys/file.h"

namespace mabplan::runtime {

namespace {

class LayoutFolderSink final : public ImageSink {
public:
    explicit LayoutFolderSink(std::string path) : path_(std::move(path)) {}

    Result<bool> is_current(const ImageContent& content) override { return layout_is_current(path_, content); }
    Status write(const ImageContent& content, ImageBlobs& blobs, Transfers&) override {
        MABPLAN_CHECK(bring_all(content, blobs));
        MABPLAN_CHECK(make_directories(std::string(parent_path(path_))));
        return write_layout_folder(path_, content, blobs.store(), blobs.stop());
    }

private:
    std::string path_;
};

}  // namespace

std::unique_ptr<ImageSink> open_layout_folder(std::string path) { return std::make_unique<LayoutFolderSink>(std::move(path)); }

}  // namespace mabplan::runtime
