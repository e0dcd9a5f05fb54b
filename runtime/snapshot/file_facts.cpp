#include "runtime/snapshot/file_facts.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/layer_xattr.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/sys/id_advice.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace mabplan::runtime {

namespace {

std::array<struct timespec, 2> times_of(const TreeEntry& facts) {
    const struct timespec mtime { facts.mtime_s, static_cast<long>(facts.mtime_ns) };
    return {mtime, mtime};
}

Failure owner_error(int number, const TreeEntry& facts, const std::string& path) {
    if (number != EINVAL) return system_error(number, format("give to {}:{} the file", facts.uid, facts.gid), path);
    return fail(ErrorKind::Environment,
                format("{} belongs to {}:{}, and this user namespace maps no such ids", quoted(path), facts.uid, facts.gid),
                advise_ids(read_id_holder(), {facts.uid, facts.gid}));
}

}  // namespace

FactsWriter::FactsWriter(OwnerPolicy owners) : owners_(owners), uid_(::geteuid()), gid_(::getegid()) {}

bool FactsWriter::owner_differs(const TreeEntry& facts) const {
    return owners_ == OwnerPolicy::Keep && (facts.uid != uid_ || facts.gid != gid_);
}

Status FactsWriter::apply(int file, const TreeEntry& facts, const std::string& path) const {
    if (owner_differs(facts) && ::fchown(file, facts.uid, facts.gid) != 0) return owner_error(errno, facts, path);
    for (const auto& [name, value] : facts.xattrs)  // after the owner, which would take security.capability away
        if (is_layer_xattr(name) && ::fsetxattr(file, name.c_str(), value.data(), value.size(), 0) != 0)
            return system_error(errno, format("set the extended attribute {} of", quoted(name)), path);
    if (::fchmod(file, facts.mode & 07777U) != 0) return system_error(errno, "set the mode of", path);
    if (::futimens(file, times_of(facts).data()) != 0) return system_error(errno, "set the time of", path);
    return {};
}

Status FactsWriter::apply_at(int directory, const std::string& name, const TreeEntry& facts, const std::string& path) const {
    if (owner_differs(facts) && ::fchownat(directory, name.c_str(), facts.uid, facts.gid, AT_SYMLINK_NOFOLLOW) != 0)
        return owner_error(errno, facts, path);
    if (facts.type != FileType::Symlink && ::fchmodat(directory, name.c_str(), facts.mode & 07777U, 0) != 0)
        return system_error(errno, "set the mode of", path);
    return set_time_at(directory, name, facts, path);
}

Status FactsWriter::set_time_at(int directory, const std::string& name, const TreeEntry& facts, const std::string& path) const {
    if (::utimensat(directory, name.c_str(), times_of(facts).data(), AT_SYMLINK_NOFOLLOW) != 0)
        return system_error(errno, "set the time of", path);
    return {};
}

}  // namespace mabplan::runtime
