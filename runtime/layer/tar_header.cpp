#include "runtime/layer/tar_header.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <array>
#include <cstring>
#include <map>
#include <string_view>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kPrefixBytes = 155;
constexpr std::uint64_t kMostOctal = 07777777;          // seven octal digits
constexpr std::uint64_t kMaxOctal11 = 077777777777ULL;  // eleven
constexpr std::string_view kPaxName = "././@PaxHeader";

struct Place {  // a field of the ustar header
    std::size_t offset;
    std::size_t bytes;
};
constexpr Place kName{0, kNameBytes}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12}, kMtime{136, 12}, kChecksum{148, 8},
    kType{156, 1}, kLinkName{157, kNameBytes}, kMagic{257, 8}, kDevMajor{329, 8}, kDevMinor{337, 8}, kPrefix{345, kPrefixBytes};

using Block = std::array<char, kTarBlock>;
using PaxRecords = std::map<std::string, std::string>;

void set_text(Block& block, Place place, std::string_view text) {
    std::memcpy(block.data() + place.offset, text.data(), std::min(text.size(), place.bytes));
}

void set_octal(Block& block, Place place, std::uint64_t value) {
    for (std::size_t at = place.offset + place.bytes - 1; at-- > place.offset;) {
        block[at] = static_cast<char>('0' + (value & 7U));
        value >>= 3U;
    }
}

void seal(Block& block) {
    set_text(block, kMagic, std::string_view("ustar\00000", kMagic.bytes));
    set_text(block, kChecksum, "        ");
    unsigned sum = 0;
    for (const char byte : block) sum += static_cast<unsigned char>(byte);
    set_octal(block, {kChecksum.offset, kChecksum.bytes - 1}, sum);
    block[kChecksum.offset + kChecksum.bytes - 2] = '\0';
}

// The length of a record counts its own digits (IEEE 1003.1, pax, "pax Header Block").
std::string pax_record(std::string_view key, std::string_view value) {
    const std::size_t bare = key.size() + value.size() + 3;  // blank, "=", line feed
    std::size_t length = bare + 1;
    while (bare + std::to_string(length).size() != length) length = bare + std::to_string(length).size();
    return format("{} {}={}\n", length, key, value);
}

std::string pax_blocks(const PaxRecords& records) {
    std::string body;
    for (const auto& [key, value] : records) body += pax_record(key, value);
    Block block{};
    set_text(block, kName, kPaxName);
    for (const Place place : {kMode, kUid, kGid, kMtime, kDevMajor, kDevMinor}) set_octal(block, place, 0);
    set_octal(block, kSize, body.size());
    set_text(block, kType, "x");
    seal(block);
    std::string blocks(block.data(), block.size());
    blocks += body;
    blocks.append(tar_padding(body.size()), '\0');
    return blocks;
}

void set_path(Block& block, PaxRecords& pax, std::string_view path) {
    if (path.size() <= kNameBytes) return set_text(block, kName, path);
    const std::size_t slash = path.find('/', path.size() - kNameBytes - 1);
    if (slash != std::string_view::npos && slash > 0 && slash <= kPrefixBytes && slash + 1 < path.size()) {
        set_text(block, kPrefix, path.substr(0, slash));
        return set_text(block, kName, path.substr(slash + 1));
    }
    pax.emplace("path", path);
    set_text(block, kName, path);
}

void set_link(Block& block, PaxRecords& pax, std::string_view target) {
    if (target.size() > kNameBytes) pax.emplace("linkpath", target);
    set_text(block, kLinkName, target);
}

struct Number {
    std::uint64_t value = 0;
    std::uint64_t most = 0;  // that fits its octal digits
};

void set_number(Block& block, PaxRecords& pax, Place place, std::string_view key, const Number& number) {
    const bool fits = number.value <= number.most;
    if (!fits) pax.emplace(key, std::to_string(number.value));
    set_octal(block, place, fits ? number.value : 0);
}

void set_mtime(Block& block, PaxRecords& pax, std::int64_t mtime) {
    const bool fits = mtime >= 0 && static_cast<std::uint64_t>(mtime) <= kMaxOctal11;
    if (!fits) pax.emplace("mtime", std::to_string(mtime));
    set_octal(block, kMtime, fits ? static_cast<std::uint64_t>(mtime) : 0);
}

char type_flag(const LayerEntry& entry) {
    if (entry.mark != LayerMark::None) return '0';
    if (!entry.hardlink.empty()) return '1';
    switch (entry.entry.type) {
        case FileType::File: return '0';
        case FileType::Symlink: return '2';
        case FileType::CharDevice: return '3';
        case FileType::BlockDevice: return '4';
        case FileType::Directory: return '5';
        case FileType::Fifo: return '6';
        case FileType::Socket: break;
    }
    return '\0';
}

std::string tar_name(const LayerEntry& entry) {
    const std::string directory = entry.path == "." ? "./" : entry.path + "/";
    if (entry.mark == LayerMark::Opaque) return (entry.path == "." ? "" : directory) + ".wh..wh..opq";
    if (entry.mark == LayerMark::None) return entry.entry.type == FileType::Directory ? directory : entry.path;
    const std::size_t slash = entry.path.rfind('/');
    const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
    return entry.path.substr(0, name) + ".wh." + entry.path.substr(name);
}

Status check(const LayerEntry& entry) {
    const auto refuse = [&](std::string_view why) {
        return input_error(format("{} cannot be put in a layer: {}", quoted(entry.path), why));
    };
    if (entry.path.empty() || entry.path.front() == '/') return refuse("paths in a layer are relative to its root");
    if (entry.entry.type == FileType::Socket && entry.mark == LayerMark::None) return refuse("it is a socket, and a tar has none");
    if (entry.mark == LayerMark::None && base_name(entry.path).starts_with(".wh."))
        return refuse("names that start with \".wh.\" mark deletions there (image-spec, layer.md), so it would delete another file");
    if (entry.path.find('\0') != std::string::npos || entry.entry.link_target.find('\0') != std::string::npos)
        return refuse("its name holds a NUL byte");
    for (const auto& [name, value] : entry.entry.xattrs)
        if (name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
            return refuse(format("the name of its extended attribute {} holds a byte that a pax record cannot", quoted(name)));
    return {};
}

void set_attributes(Block& block, PaxRecords& pax, const LayerEntry& entry) {
    const TreeEntry& facts = entry.entry;
    const bool device = facts.type == FileType::CharDevice || facts.type == FileType::BlockDevice;
    set_octal(block, kMode, facts.type == FileType::Symlink ? 0777U : facts.mode & 07777U);
    set_number(block, pax, kUid, "uid", {facts.uid, kMostOctal});
    set_number(block, pax, kGid, "gid", {facts.gid, kMostOctal});
    set_octal(block, kDevMajor, device ? facts.device >> 32U : 0);
    set_octal(block, kDevMinor, device ? facts.device & 0xffffffffU : 0);
    if (!entry.hardlink.empty()) return set_link(block, pax, entry.hardlink);
    if (facts.type == FileType::Symlink) set_link(block, pax, facts.link_target);
    for (const auto& [name, value] : facts.xattrs) pax.emplace("SCHILY.xattr." + name, value);
}

}  // namespace

std::uint64_t tar_content_size(const LayerEntry& entry) {
    return entry.mark == LayerMark::None && entry.hardlink.empty() && entry.entry.type == FileType::File ? entry.entry.size : 0;
}

Result<std::string> tar_header(const LayerEntry& entry) {
    MABPLAN_CHECK(check(entry));
    Block block{};
    PaxRecords pax;
    set_path(block, pax, tar_name(entry));
    for (const Place place : {kMode, kUid, kGid, kDevMajor, kDevMinor}) set_octal(block, place, 0);
    set_number(block, pax, kSize, "size", {tar_content_size(entry), kMaxOctal11});
    set_mtime(block, pax, entry.entry.mtime_s);
    const char type = type_flag(entry);
    set_text(block, kType, std::string_view(&type, 1));
    if (entry.mark == LayerMark::None) set_attributes(block, pax, entry);
    seal(block);
    return (pax.empty() ? std::string() : pax_blocks(pax)) + std::string(block.data(), block.size());
}

}  // namespace mabplan::runtime
