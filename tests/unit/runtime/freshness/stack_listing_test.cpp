// What a stack of layers shows is what a merged view shows, for layers of all kinds; a folder is told by the names in it.
#include "runtime/freshness/stack_listing.h"

#include "plans/base/format.h"
#include "runtime/snapshot/merged_view.h"
#include "tests/unit/runtime/freshness/layers_on_disk.h"

#include <algorithm>
#include <random>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

StackListing stack_of(const std::vector<std::string>& layers) {
    std::vector<StackedLayer> stacked;
    for (const std::string& layer : layers) {
        auto listing = read_layer_listing(layer);
        REQUIRE(listing);
        stacked.push_back({std::make_shared<const LayerListing>(*std::move(listing)), LayerSource::Given});
    }
    return StackListing(std::move(stacked));
}

// A directory that no layer describes has no time of its own.
std::string line_of(ListedKind kind, const std::string& path, std::int64_t seconds) {
    return kind == ListedKind::Directory ? format("d {}\n", path) : format("{} {} {}\n", static_cast<int>(kind), path, seconds);
}

std::vector<std::string> shown_by(const StackListing& stack) {
    std::vector<std::string> lines;
    for (const ShownFile& shown : stack.files())
        if (!shown.file->path.empty()) lines.push_back(line_of(shown.file->kind, shown.file->path, shown.file->mtime_ns / kSecond));
    return lines;
}

void show(MergedView& view, const std::string& folder, std::vector<std::string>& lines) {
    const auto entries = view.list(folder);
    REQUIRE(entries);
    for (const TreeEntry& entry : *entries) {
        const std::string path = path_in(folder, entry.name);
        const ListedKind kind = entry.type == FileType::Directory ? ListedKind::Directory
                                : entry.type == FileType::Symlink ? ListedKind::Symlink
                                                                  : ListedKind::File;
        lines.push_back(line_of(kind, path, entry.mtime_s));
        if (kind == ListedKind::Directory) show(view, path, lines);
    }
}

const ShownFile& at(const StackListing& stack, const std::string& path) {
    const auto found =
        std::find_if(stack.files().begin(), stack.files().end(), [&](const ShownFile& shown) { return shown.file->path == path; });
    REQUIRE(found != stack.files().end());
    return *found;
}

// Names that sort differently with and without regard to slashes.
const std::array<const char*, 5> kNames{"a", "a-b", "a.c", "b", "sub"};

void fill(LayerOnDisk& layer, std::mt19937& random, const std::string& folder, int depth) {
    for (const char* name : kNames) {
        const std::string path = folder.empty() ? name : folder + "/" + name;
        switch (random() % 8) {
            case 0: layer.file(path, format("{}", random() % 3), static_cast<std::int64_t>(random() % 1000) * kSecond); break;
            case 1: layer.link(path, "b"); break;
            case 2: layer.whiteout(path); break;
            case 3:
            case 4:
                if (depth == 0) break;
                layer.folder(path, random() % 4 == 0 ? kOpaqueXattr : nullptr);
                if (random() % 4 == 0) layer.folder(path, kImplicitXattr);
                fill(layer, random, path, depth - 1);
                break;
            default: break;
        }
    }
}

}  // namespace

TEST_CASE("a stack is listed as it is shown") {
    std::mt19937 random(7);  // the same layers every time
    for (int round = 0; round < 60; ++round) {
        TemporaryDirectory folder;
        std::vector<std::string> layers;
        for (int i = 0; i < 4; ++i) {
            LayerOnDisk layer(folder, format("{}", i));
            fill(layer, random, {}, 3);
            layers.push_back(layer.fs);
        }
        auto view = MergedView::open(layers);
        REQUIRE(view);
        std::vector<std::string> expected;
        show(*view, ".", expected);
        CHECK(format("{}", join(shown_by(stack_of(layers)), "")) == format("{}", join(expected, "")));
    }
}

TEST_CASE("contents, kinds and the names in folders are told apart, times and modes are not") {
    TemporaryDirectory folder;
    const LayerOnDisk one = LayerOnDisk(folder, "one").file("d/x", "same").file("d/y", "one").link("d/l", "x").file("e/x", "same");
    const LayerOnDisk two =
        LayerOnDisk(folder, "two").file("d/x", "same", 7 * kSecond).file("d/y", "two").file("d/l", "x").file("e/other", "same");
    const StackListing first = stack_of({one.fs}), second = stack_of({two.fs});
    CHECK(at(first, "d/x").content == at(second, "d/x").content);
    CHECK(at(first, "d/y").content != at(second, "d/y").content);
    CHECK(at(first, "d/l").content != at(second, "d/l").content);
    CHECK(at(first, "d").content == at(second, "d").content);
    CHECK(at(first, "e").content != at(second, "e").content);
    CHECK(at(stack_of({one.fs, two.fs}), "e").content != at(first, "e").content);
}

TEST_CASE("a listing is kept, and made again if it is damaged") {
    TemporaryDirectory folder;
    const LayerOnDisk layer = LayerOnDisk(folder, "layer").file("f", "content").link("l", "f");
    const auto first = shown_by(stack_of({layer.fs}));
    const std::string path = folder / "layer/listing";
    const std::string kept = read_file(path).value();
    REQUIRE(::unlink((layer.fs + "/l").c_str()) == 0);
    CHECK(shown_by(stack_of({layer.fs})) == first);
    for (std::size_t byte = 0; byte < kept.size(); byte += 7) {
        std::string damaged = kept;
        damaged[byte] = static_cast<char>(damaged[byte] ^ 1);
        REQUIRE(write_file(path, damaged));
        CHECK(shown_by(stack_of({layer.fs})).size() == first.size() - 1);
    }
}
