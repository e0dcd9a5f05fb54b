// One directory of one layer, wherever the layer is held: all that a merged view asks of it. Symlinks are never followed.
#pragma once

#include "plans/tree/tree_reader.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/sys/fd.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

class LayerFolder;

// What a layer has under one name.
struct LayerItem {
    TreeEntry facts;                      // hardlink: not 0 for a file with several names, and its own among all layers of a store
    bool whiteout = false;                // nothing is here, nor of the layers below
    bool opaque = false;                  // a directory that hides those below
    bool implicit = false;                // a directory that the layer has but does not describe: it is as the next layer below that does
    std::shared_ptr<LayerFolder> folder;  // of a directory
    Fd file;                              // of a regular file, at its start
};

class LayerFolder {
public:
    virtual ~LayerFolder() = default;

    // `shown` is the path, for messages.
    virtual Result<LayerItem> self(const std::string& shown) = 0;
    virtual Result<std::optional<LayerItem>> find(const std::string& name, const std::string& shown) = 0;
    // All names, whiteouts too, in any order.
    virtual Result<std::vector<std::string>> names(const std::string& shown) = 0;
    // How many descriptors it holds.
    virtual std::size_t descriptors() const = 0;
    // Whether the layer has directories but the root that it does not describe.
    virtual bool implies() const = 0;
};

// Of a directory that no layer describes: 0755, 0:0, without a time.
TreeEntry implicit_facts(std::string name = {});

// The device nodes that no file system holds for an ordinary process, as a layer tar of its own: kDevicesFile beside the fs directory.
inline constexpr const char* kDevicesFile = "devices.tar";
Status write_devices(const std::string& path, const LayerEntries& devices);

// Beside it also, where there are any: the directories but the root that the layer has and does not describe, each path ended by a zero
// byte.
inline constexpr const char* kImpliedFile = "implied";
Status write_implied(const std::string& path, const std::vector<std::string>& implied);
// Those of the fs directory of a snapshot.
Result<std::vector<std::string>> read_implied(const std::string& directory);

// The fs directory of a snapshot, and what lies beside it.
Result<std::shared_ptr<LayerFolder>> open_snapshot_folder(const std::string& directory);

}  // namespace mabplan::runtime
