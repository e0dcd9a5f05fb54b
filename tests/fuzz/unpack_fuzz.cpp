// Any bytes as the tar of a layer, unpacked into a folder. Nothing appears or changes beside the folder, where a small tree stands, nor at
// the absolute names that the corpus aims at. What cannot be unpacked cannot be looked into either (LayerTree), for the same reason. What
// was unpacked gives a tar that gives itself again.
#include "runtime/layer/layer_diff.h"
#include "runtime/snapshot/layer_tree.h"
#include "runtime/snapshot/unpack.h"
#include "runtime/sys/file.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/sealed_tar.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace {

using namespace mabplan;
using namespace mabplan::runtime;
using tests::broken;

constexpr const char* kAims[] = {"/mabplan-fuzz-aim", "/tmp/mabplan-fuzz-aim", "/dev/shm/mabplan-fuzz-aim"};

void expect(const Status& status) {
    if (!status) broken(status.error().message);
}

bool is_there(const char* path) {
    struct stat facts {};
    return ::lstat(path, &facts) == 0;
}

// A folder for all inputs of this process: "beside" stands, "root" and "scratch" come and go.
class Surroundings {
public:
    Surroundings() {
        for (const char* aim : kAims)
            if (is_there(aim)) broken(std::string(aim) + " is not there before");
        expect(make_directories(folder_ / "beside/folder"));
        expect(write_file(folder_ / "beside/file", "safe"));
        expect(write_file(folder_ / "beside/folder/inner", "safe", 0600));
        if (::symlink("file", (folder_ / "beside/link").c_str()) != 0) broken("a symlink is made");
        before_ = dump();
    }

    // A new folder for one input.
    std::string start(const std::string& name) const {
        expect(remove_tree(folder_ / name));
        expect(make_directories(folder_ / name));
        return folder_ / name;
    }
    // What is not as it was; empty if all is.
    std::string changed() const {
        for (const char* aim : kAims)
            if (is_there(aim)) return std::string(aim) + " was made";
        return dump() == before_ ? "" : "before:\n" + before_ + "now:\n" + dump();
    }
    void end() const {
        for (const char* name : {"root", "again", "scratch"}) expect(remove_tree(folder_ / name));
    }

private:
    // The folder itself but for its time, and all names in it.
    std::string dump() const {
        std::string text = tests::dump_tree(folder_ / "beside");
        const auto names = list_names(folder_.path());
        if (!names) broken(names.error().message);
        for (const std::string& name : *names)
            if (name != "root" && name != "again" && name != "scratch") text += name + "\n";
        return text;
    }

    tests::TemporaryDirectory folder_;
    std::string before_;
};

Result<UnpackSummary> unpack(const std::string& tar, const std::string& folder, const TarLimits& limits) {
    tests::StringSource source(tar, 100'000);
    return unpack_layer(source, folder, {::geteuid() == 0 ? OwnerPolicy::Keep : OwnerPolicy::Ignore, limits, 0});
}

std::string fault_of_tree(const std::string& tar, const std::string& scratch, const TarLimits& limits,
                          const Result<UnpackSummary>& unpacked) {
    tests::StringSource source(tar, 100'000);
    const auto tree = LayerTree::read(source, scratch, limits);
    // a file system may refuse what no rule of layers does
    if (!unpacked && unpacked.error().kind == ErrorKind::Environment) return {};
    const std::string here = unpacked ? "taken" : unpacked.error().message, there = tree ? "taken" : tree.error().message;
    return here == there ? "" : "unpacked: " + here + ", looked into: " + there;
}

std::string fault_of_tar(const std::string& root, const std::string& again) {
    tests::StringSink first, second;
    if (!write_snapshot_tar(root, first)) return {};  // no tar can hold it
    if (const auto unpacked = unpack(first.text, again, {}); !unpacked) return "its own tar: " + unpacked.error().message;
    if (!write_snapshot_tar(again, second)) return "the tar of its own tar cannot be made";
    return first.text == second.text ? "" : "the tar of its own tar is another one";
}

std::string fault_of(const std::string& tar, const Surroundings& surroundings) {
    const TarLimits limits{1000, 1U << 20U, 32768, TarEnding::TwoBlocks};
    const std::string root = surroundings.start("root");
    const auto unpacked = unpack(tar, root, limits);
    if (std::string changed = surroundings.changed(); !changed.empty()) return changed;
    if (std::string fault = fault_of_tree(tar, surroundings.start("scratch"), limits, unpacked); !fault.empty()) return fault;
    if (unpacked)
        if (std::string fault = fault_of_tar(root, surroundings.start("again")); !fault.empty()) return fault;
    return surroundings.changed();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    // in memory, where that is to be had
    static const bool in_memory = ::access("/dev/shm", W_OK) == 0 && ::setenv("TMPDIR", "/dev/shm", 1) == 0;
    static_cast<void>(in_memory);
    static std::optional<Surroundings> surroundings;
    if (!surroundings) surroundings.emplace();
    const std::string tar(reinterpret_cast<const char*>(bytes), size), sealed = tests::sealed_tar(tar);
    std::string fault = fault_of(tar, *surroundings);
    if (fault.empty() && sealed != tar) fault = fault_of(sealed, *surroundings);
    surroundings->end();
    if (fault.empty()) return 0;
    surroundings.reset();  // what ends now leaves no folder behind
    broken(fault);
}
