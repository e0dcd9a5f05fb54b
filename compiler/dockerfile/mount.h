// RUN --mount (Dockerfile reference, "RUN --mount"). Reads the options as written, and types them once variables are expanded.
// Does not know stages, contexts or the working directory.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

struct MountOption {
    std::string name;                  // lower case, aliases kept: "src"
    std::optional<std::string> value;  // unexpanded; nothing for a bare "ro"
    std::string text;                  // as written
};

// One --mount as written.
struct MountText {
    std::string text;
    std::vector<MountOption> options;

    // The value of `from`, in which no variable may stand; empty if not given.
    std::string from() const;
};

enum class MountType { Bind, Cache, Tmpfs, Secret, Ssh };
enum class CacheSharing { Shared, Private, Locked };

std::string_view mount_type_name(MountType type);

struct Mount {
    MountType type = MountType::Bind;
    std::string from;
    std::string source;
    std::string target;
    std::string id;
    bool read_only = true;
    bool required = false;
    std::optional<CacheSharing> sharing;
    std::optional<std::uint64_t> size;  // bytes, of a tmpfs
    std::optional<std::string> env;     // of a secret: the variable; empty means the default name
    std::optional<std::uint32_t> mode;
    std::optional<std::uint32_t> uid;
    std::optional<std::uint32_t> gid;
};

using Expander = std::function<Result<std::string>(std::string_view)>;

// Splits the value of --mount. Unknown options and a variable in `from` are errors; what holds no variable is checked in full.
Result<MountText> parse_mount(std::string_view text);
// The typed mount; `expand` is applied to every value but that of `from`.
Result<Mount> resolve_mount(const MountText& mount, const Expander& expand);

// RUN --device (CDI): "vendor/class[=name]", "name=…", "required[=bool]".
struct Device {
    std::string name;
    bool required = false;
    bool optional = false;  // "required=false" is written
};

Result<Device> parse_device(std::string_view text);

}  // namespace mabplan::compiler
