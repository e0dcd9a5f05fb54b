#include "tests/conformance/compiling.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "tests/support/fake_ports.h"

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

const mabplan::Platform kPlatform{"linux", "amd64", "", "", {}};

// A tree of one folder. In a full world each name that is asked for is an empty file in it.
class Tree final : public TreeReader {
public:
    explicit Tree(World world) : world_(world) {}

    Result<std::optional<TreeEntry>> stat(std::string_view path) override {
        if (path != "." && world_ == World::Empty) return std::nullopt;
        TreeEntry entry;
        entry.name = base_name(path);
        entry.type = path == "." ? FileType::Directory : FileType::File;
        entry.mode = 0755;
        return entry;
    }
    Result<FolderEntries> list(std::string_view) override { return FolderEntries{}; }
    Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) override {
        return std::vector<Digest>(files.size(), Digest::of(""));
    }

private:
    World world_;
};

class Files final : public ProjectFiles {
public:
    explicit Files(World world) : tree_(world) {}
    Result<std::optional<std::string>> read_text(const std::string&, const std::string&) override { return std::nullopt; }
    Result<TreeReader*> tree(const std::string&) override { return &tree_; }

private:
    Tree tree_;
};

class Images final : public ImageResolver {
public:
    explicit Images(World world) : world_(world) {}
    Result<BaseImage> resolve(const ImageRequest& request) override {
        if (world_ == World::Empty) return input_error(format("there is no image {}", quoted(request.name)));
        return BaseImage{request.platform, {}, {}, {}};
    }

private:
    World world_;
};

}  // namespace

Checked<Compiled> compile_text(const std::string& dockerfile, const std::string& stage, World world) {
    Matrix matrix;
    compiler::Cell cell;
    cell.platform = kPlatform;
    cell.build.dockerfile_inline = dockerfile;
    cell.build.stage = stage;
    compiler::Target target;
    target.name = "default";
    target.cells.push_back(std::move(cell));
    matrix.targets.push_back(std::move(target));
    Files files(world);
    Images images(world);
    tests::MemorySources sources;
    return compile({matrix, {&matrix.targets.front()}, kPlatform}, {files, images, sources});
}

}  // namespace mabplan::conformance
