// Where a build context comes from, told apart by its spelling. Does not know whether it exists.
#pragma once

#include "plans/base/result.h"

#include <string>
#include <string_view>

namespace mabplan::compiler {

enum class ContextKind {
    Directory,      // location: the path as written
    Target,         // "target:NAME"; location: the name
    Image,          // "docker-image://REF"; location: the reference
    OciLayout,      // "oci-layout://DIR[:TAG|@DIGEST]"; location: all after "//"
    Git,            // location: the whole address (a folder of the name "github.com" is written "./github.com/…")
    Http,           // location: the whole URL
    StandardInput,  // an archive that the command line was given there; location: "-". Of no matrix file
    Nothing,        // no files at all: a Dockerfile came alone. Of no matrix file
};

struct ContextLocation {
    ContextKind kind = ContextKind::Directory;
    std::string location;

    bool operator==(const ContextLocation&) const = default;
};

// Input errors: an empty text, a prefix with nothing behind it, a scheme that is not known ("service:x", "s3://…"), a git address
// with a mistake in it.
Result<ContextLocation> parse_context_location(std::string_view text);
// The name of a named context. Input errors: none, and "context", which is that of the build context itself.
Status check_context_name(std::string_view name);
// As it was written.
std::string format_context_location(const ContextLocation& location);

}  // namespace mabplan::compiler
