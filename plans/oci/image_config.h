// The image configuration (image-spec, config.md). Fields we do not know survive: the document stays a document.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"
#include "plans/oci/platform.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mabplan {

// The parts that compiling and running read. `json` is the whole document, from which a child's configuration is made.
struct ImageConfig {
    Platform platform;             // as the document says it, not normalised; the architecture may be missing
    std::vector<std::string> env;  // in order, as they stand there: who runs something leaves out what is no assignment
    std::string user;
    std::string working_dir;
    std::vector<std::string> entrypoint;
    std::vector<std::string> cmd;
    std::vector<std::string> shell;
    std::vector<std::string> on_build;
    std::vector<Digest> diff_ids;         // bottom layer first
    std::optional<std::int64_t> created;  // seconds since 1970: the newest time that the document and its history tell
    std::string json;                     // as it was read, verbatim
};

// Of an entry of Env: whether it is NAME=value. Others say nothing to anybody (runc refuses them, moby leaves them out).
bool is_assignment(std::string_view entry);

// Refuses a document with a rootfs that is not of "layers", with bad diff_ids, with settings of other types than Docker's. Taken as
// moby takes them: a missing os (Linux), rootfs without a type, a text for the list of a command. Kind of error: Verify.
Result<ImageConfig> parse_image_config(std::string_view json, std::string_view what);

}  // namespace mabplan
