#include "runtime/layers/stored_members.h"

#include "runtime/sys/xxh3.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

namespace {

// False where the file has not so many, or can't be read.
bool read_at(int file, std::uint64_t start, std::uint64_t count, std::string& bytes) {
    bytes.resize(static_cast<std::size_t>(count));
    std::size_t got = 0;
    while (got < bytes.size()) {
        const ssize_t more = ::pread(file, bytes.data() + got, bytes.size() - got, static_cast<off_t>(start + got));
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return false;
        got += static_cast<std::size_t>(more);
    }
    return true;
}

constexpr std::uint64_t kMostMemberBytes = 64U << 20U;  // of one member: a record that says more is damaged

}  // namespace

const Fd& StoredMembers::file_of(const Digest& blob) {
    const auto files = files_.lock();
    const auto known = files->find(blob);
    if (known != files->end()) return known->second;
    const bool is_there = blobs_.size(blob).has_value();
    return files->emplace(blob, is_there ? Fd(::open(blobs_.path(blob).c_str(), O_RDONLY | O_CLOEXEC)) : Fd()).first->second;
}

bool StoredMembers::find(const Digest& unpacked, std::string& packed) {
    const auto member = records_.find_member(unpacked, codec_);
    if (!member || !*member) return false;
    const auto& [blob, place] = **member;
    const Fd& file = file_of(blob);
    if (!file.valid() || place.bytes == 0 || place.bytes > kMostMemberBytes) return false;
    return read_at(file.get(), place.start, place.bytes, packed) && xxh3_64(packed) == place.sum;
}

void StoredMembers::note(const Digest& unpacked, std::uint64_t offset, std::string_view packed) {
    noted_.push_back({unpacked, {offset, packed.size(), xxh3_64(packed)}});
}

Status StoredMembers::keep(const Digest& blob) { return records_.put_members(codec_, blob, noted_); }

}  // namespace mabplan::runtime
