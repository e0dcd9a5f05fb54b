// Flags, commands and values of the command lines of docker, buildx, podman and buildah that mabplan does not have: what means nothing
// here is taken, of the rest the way is told that leads there. Tables; do not know mabplan's own flags, nor how words are read.
#pragma once

#include "plans/base/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::tools {

enum class FlagValue {
    WithEquals,  // a switch: --rm, --rm=false
    Needed,      // --format oci, --format=oci
};

struct ForeignFlag {
    std::string_view name;  // "--layers", "-q"
    FlagValue value = FlagValue::WithEquals;
    std::string_view taken;  // values that mean nothing here, separated by |; "true" is a bare switch; "*" is any; "" none
    std::string_view way;    // what to do instead, for the others
};

// Of `build` and `check`: docker build, buildx build, podman build, buildah build; among them some that `build` has itself. Of `image run`:
// docker run, podman run.
std::span<const ForeignFlag> foreign_build_flags();
std::span<const ForeignFlag> foreign_run_flags();
const ForeignFlag* find_foreign_flag(std::span<const ForeignFlag> flags, std::string_view name);

// Fine if the value means nothing here (none: a bare switch). Else an Input error with the way.
Status take_foreign_flag(const ForeignFlag& flag, const std::optional<std::string>& value);

// Commands of theirs that there are here under another name ("images", "buildx du", "imagetools inspect"), by that name.
std::vector<std::string> in_own_words(std::vector<std::string> words);
// Where a command of theirs ("buildx", "push") leads here; empty for a word that is none.
std::string_view way_of_foreign_command(std::string_view name);
// What a value of their --network ("bridge", "slirp4netns:mtu=1500") is here; empty for one that is none.
std::string foreign_network_hint(std::string_view mode);

}  // namespace mabplan::tools
