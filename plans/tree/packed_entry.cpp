#include "plans/tree/packed_entry.h"

namespace mabplan {

namespace {

// What follows in the bytes.
constexpr std::uint64_t kOwner = 1;
constexpr std::uint64_t kHardlink = 2;
constexpr std::uint64_t kXattrs = 4;
constexpr unsigned kTypeShift = 3;

}  // namespace

void PackWriter::number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_ += static_cast<char>(value | 0x80U);
    out_ += static_cast<char>(value);
}

void PackWriter::signed_number(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    number(value < 0 ? ~bits << 1U | 1U : bits << 1U);
}

void PackWriter::text(std::string_view text) {
    number(text.size());
    out_ += text;
}

std::uint64_t PackReader::number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes_.front());
        bytes_.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) return value;
    }
}

std::int64_t PackReader::signed_number() {
    const std::uint64_t bits = number();
    return static_cast<std::int64_t>((bits & 1U) != 0 ? ~(bits >> 1U) : bits >> 1U);
}

std::string_view PackReader::bytes(std::size_t count) {
    const std::string_view piece = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return piece;
}

void pack_facts(PackWriter& out, const TreeEntry& entry) {
    const bool owned = entry.uid != 0 || entry.gid != 0;
    out.number((owned ? kOwner : 0U) | (entry.hardlink != 0 ? kHardlink : 0U) | (entry.xattrs.empty() ? 0U : kXattrs) |
               static_cast<std::uint64_t>(entry.type) << kTypeShift);
    out.number(entry.mode);
    out.signed_number(entry.mtime_s);
    out.number(entry.mtime_ns);
    out.number(entry.size);
    if (entry.type == FileType::Symlink) out.text(entry.link_target);
    if (entry.type == FileType::CharDevice || entry.type == FileType::BlockDevice) out.number(entry.device);
    if (owned) {
        out.number(entry.uid);
        out.number(entry.gid);
    }
    if (entry.hardlink != 0) out.number(entry.hardlink);
    if (entry.xattrs.empty()) return;
    out.number(entry.xattrs.size());
    for (const auto& [name, value] : entry.xattrs) {
        out.text(name);
        out.text(value);
    }
}

void unpack_facts(PackReader& in, TreeEntry& entry) {
    const std::uint64_t has = in.number();
    entry.type = static_cast<FileType>(has >> kTypeShift);
    entry.mode = static_cast<std::uint32_t>(in.number());
    entry.mtime_s = in.signed_number();
    entry.mtime_ns = static_cast<std::uint32_t>(in.number());
    entry.size = in.number();
    if (entry.type == FileType::Symlink) entry.link_target = in.text();
    if (entry.type == FileType::CharDevice || entry.type == FileType::BlockDevice) entry.device = in.number();
    if ((has & kOwner) != 0) {
        entry.uid = static_cast<std::uint32_t>(in.number());
        entry.gid = static_cast<std::uint32_t>(in.number());
    }
    if ((has & kHardlink) != 0) entry.hardlink = in.number();
    if ((has & kXattrs) == 0) return;
    for (std::uint64_t left = in.number(); left > 0; --left) {
        std::string name(in.text());
        entry.xattrs.emplace(std::move(name), in.text());
    }
}

}  // namespace mabplan
