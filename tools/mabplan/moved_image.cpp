#include "tools/mabplan/moved_image.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "tools/mabplan/image_address.h"

#include <cstdio>

namespace mabplan::tools {

bool is_standard_output(const std::string& path) { return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1"; }

std::uint64_t bytes_of(const runtime::ImageContent& content) {
    std::uint64_t bytes = content.index.size;
    for (const Descriptor& blob : content.blobs) bytes += blob.size;
    return bytes;
}

void say(const Moved& moved, const CommonOptions& common, bool dry_run) {
    std::FILE* answer = moved.on_standard_output ? stderr : stdout;  // nothing is to follow an archive
    if (common.json) {
        const OrderedJson json{
            {"schema", "mabplan-transfer-1"}, {"from", moved.from},           {"to", moved.to},    {"digest", moved.digest.text()},
            {"bytes", moved.bytes},           {"was_there", moved.was_there}, {"dry_run", dry_run}};
        std::fputs(dump_json_pretty(json).c_str(), answer);
        return;
    }
    if (common.progress != Progress::Quiet && common.progress != Progress::RawJson) {
        const char* how = dry_run ? "would be written" : moved.was_there ? "is there already" : "written";
        std::fputs(format("{} -> {}: {} {}\n", moved.from, moved.to, format_bytes(moved.bytes), how).c_str(), stderr);
    }
    std::fputs((moved.digest.text() + "\n").c_str(), answer);
}

Result<Moved> write_to(ImageWorld& world, const std::string& from, const std::string& to, runtime::ImageContent content, bool dry_run) {
    Moved moved{from, to, content.index.digest, bytes_of(content)};
    MABPLAN_TRY(address, parse_image_address(to));
    moved.on_standard_output = address.is_archive() && is_standard_output(address.text);
    MABPLAN_TRY(place, world.open_place(to, content));
    MABPLAN_TRY(current, dry_run ? Result<bool>(false) : place->is_current(content));
    moved.was_there = current;
    if (!current && !dry_run) MABPLAN_CHECK(place->write(content, world, world.transfers()));
    return moved;
}

}  // namespace mabplan::tools
