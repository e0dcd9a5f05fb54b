// One image from one place to another (image_address.h), and what is said of it. Does not know which verb asks for it.
#pragma once

#include "tools/mabplan/image_world.h"

#include <cstdint>
#include <string>

namespace mabplan::tools {

struct Moved {
    std::string from;
    std::string to;
    Digest digest;
    std::uint64_t bytes = 0;  // of all that it stands for
    bool was_there = false;
    bool on_standard_output = false;  // that is where the image went
};

std::uint64_t bytes_of(const runtime::ImageContent& content);
// "-", and what stands for the same.
bool is_standard_output(const std::string& path);
// The digest, or JSON, on standard output, unless the image went there; a line for people on standard error.
void say(const Moved& moved, const CommonOptions& common, bool dry_run);
Result<Moved> write_to(ImageWorld& world, const std::string& from, const std::string& to, runtime::ImageContent content, bool dry_run);

}  // namespace mabplan::tools
