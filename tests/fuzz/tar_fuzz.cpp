// Any bytes as a tar, given to our reader and to libarchive without what we put before it (runtime/layer/tar_blocks.h). Where both take an
// entry, all facts and the content agree. What ours refuses of what libarchive takes, it refuses for a reason that stands here.
#include "runtime/layer/tar_reader.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/sealed_tar.h"
#include "tests/support/layer_builder.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <clocale>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mabplan;
using namespace mabplan::runtime;
using tests::broken;

constexpr std::uint64_t kMostContent = 1U << 20U;  // bytes of all files: sparse ones cost nothing to write

// What ours refuses and libarchive takes without a warning: what stands in the messages. (A malformed pax record is warned of.)
constexpr std::string_view kRefusedByUs[] = {
    "the tar archive has a pax header with",              // a zero byte in a name, a size that is no number: readers differ
    "the tar archive has a pax header of",                // larger than 1 MiB
    "the tar archive has a header with the size",         // no number: readers differ
    "the tar archive is cut short within a pax header",   // libarchive may take its last bytes for padding
    "the tar archive goes on after one block of zeros",   // where there is such a block: see must_go_on
    "the tar archive holds more than",                    // the budget
    "the tar archive has a name of",                      // the budget
    "in the tar archive is longer than its header says",  // a sparse map that leads behind the size
    "of the tar archive is of an unknown kind",           // GNU's volumes and the like: nothing that a layer may hold
    "of the tar archive has the owner",                   // an id that no kernel has
};

struct Item {
    TarEntry facts;
    std::string content;
    bool whole = false;          // the content is all there
    bool warned = false;         // by libarchive
    bool may_have_body = false;  // a hard link with a size: by libarchive's guess, with or without content
};

struct Reading {
    std::vector<Item> items;
    std::string failure;    // that ended it; empty at the end of the archive
    std::string_view rest;  // of libarchive: what lies behind the block or the blocks of zeros that ended it
};

bool put(Item& item, std::uint64_t offset, std::string_view bytes) {
    if (offset > item.content.size() || bytes.size() > item.content.size() - offset) return false;
    bytes.copy(item.content.data() + offset, bytes.size());
    return true;
}

Status read_content(TarReader& reader, Item& item) {
    item.content.assign(item.facts.entry.size, '\0');
    for (;;) {
        MABPLAN_TRY(block, reader.read());
        if (!block) break;
        if (!put(item, block->offset, block->bytes)) broken("content is as long as its entry says");
    }
    item.whole = true;
    return {};
}

Reading read_ours(const std::string& tar, std::size_t piece) {
    tests::StringSource source(tar, piece);
    TarReader reader(source, TarLimits{1000, kMostContent, 32768, TarEnding::TwoBlocks});
    Reading reading;
    for (;;) {
        auto entry = reader.next();
        if (!entry) reading.failure = entry.error().message;
        if (!entry || !*entry) return reading;
        reading.items.push_back({std::move(**entry), {}});
        if (const Status content = read_content(reader, reading.items.back()); !content) {
            reading.failure = content.error().message;
            return reading;
        }
    }
}

struct FreeArchive {
    void operator()(struct archive* reader) const { archive_read_free(reader); }
};

FileType file_type(mode_t type) {
    switch (type) {
        case S_IFDIR: return FileType::Directory;
        case S_IFLNK: return FileType::Symlink;
        case S_IFCHR: return FileType::CharDevice;
        case S_IFBLK: return FileType::BlockDevice;
        case S_IFIFO: return FileType::Fifo;
        default: return FileType::File;
    }
}

std::string text(const char* name) { return name == nullptr ? "" : name; }

TarEntry facts_of(struct archive_entry* entry) {
    TarEntry item;
    item.path = text(archive_entry_pathname(entry));
    item.is_hardlink = archive_entry_hardlink(entry) != nullptr;
    item.hardlink = text(archive_entry_hardlink(entry));
    TreeEntry& facts = item.entry;
    facts.mode = archive_entry_perm(entry);
    facts.uid = static_cast<std::uint32_t>(archive_entry_uid(entry));
    facts.gid = static_cast<std::uint32_t>(archive_entry_gid(entry));
    facts.mtime_s = archive_entry_mtime(entry);
    facts.mtime_ns = static_cast<std::uint32_t>(archive_entry_mtime_nsec(entry));
    if (item.is_hardlink) return item;
    facts.type = file_type(archive_entry_filetype(entry));
    facts.link_target = text(archive_entry_symlink(entry));
    if (facts.type == FileType::File) facts.size = static_cast<std::uint64_t>(archive_entry_size(entry));
    if (facts.type == FileType::CharDevice || facts.type == FileType::BlockDevice)
        facts.device = std::uint64_t{archive_entry_rdevmajor(entry)} << 32U | archive_entry_rdevminor(entry);
    archive_entry_xattr_reset(entry);
    const char* name = nullptr;
    const void* value = nullptr;
    for (std::size_t size = 0; archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK;)
        facts.xattrs.emplace(name, std::string(static_cast<const char*>(value), size));
    return item;
}

int read_plain_content(struct archive* reader, Item& item) {
    item.content.assign(item.facts.entry.size, '\0');
    for (;;) {
        const void* bytes = nullptr;
        std::size_t size = 0;
        std::int64_t offset = 0;
        const int outcome = archive_read_data_block(reader, &bytes, &size, &offset);
        if (outcome != ARCHIVE_OK) return item.whole = outcome == ARCHIVE_EOF, outcome;
        if (!put(item, static_cast<std::uint64_t>(offset), {static_cast<const char*>(bytes), size})) return ARCHIVE_EOF;
    }
}

Reading read_plain(const std::string& tar) {
    const std::unique_ptr<struct archive, FreeArchive> reader(archive_read_new());
    archive_read_support_format_tar(reader.get());
    Reading reading;
    int outcome = tar.empty() ? ARCHIVE_EOF : archive_read_open_memory(reader.get(), tar.data(), tar.size());
    while (outcome == ARCHIVE_OK) {
        struct archive_entry* entry = nullptr;
        outcome = archive_read_next_header(reader.get(), &entry);
        if (outcome != ARCHIVE_OK && outcome != ARCHIVE_WARN) break;
        const bool may_have_body = archive_entry_hardlink(entry) != nullptr && archive_entry_size(entry) > 0;
        reading.items.push_back({facts_of(entry), {}, false, outcome == ARCHIVE_WARN, may_have_body});
        outcome = ARCHIVE_OK;
        Item& item = reading.items.back();
        if (item.facts.entry.size == 0 || item.facts.entry.size > kMostContent) continue;
        if (read_plain_content(reader.get(), item) != ARCHIVE_EOF) break;
    }
    const auto end = static_cast<std::size_t>(archive_filter_bytes(reader.get(), 0));
    reading.rest = std::string_view(tar).substr(std::min(end, tar.size()));
    if (outcome != ARCHIVE_EOF) reading.failure = text(archive_error_string(reader.get()));
    if (outcome != ARCHIVE_EOF && reading.failure.empty()) reading.failure = "unknown fault";
    return reading;
}

// Of names in pax headers, which libarchive takes for UTF-8 in any form of it, and ours for bytes.
bool same_name(const std::string& ours, const std::string& plain) {
    const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
    return ours == plain || !std::all_of(ours.begin(), ours.end(), is_ascii);
}

void compare(const Item& ours, const Item& plain) {
    if (!same_name(ours.facts.path, plain.facts.path)) broken("paths agree: " + ours.facts.path + ", " + plain.facts.path);
    if (ours.facts.is_hardlink != plain.facts.is_hardlink || !same_name(ours.facts.hardlink, plain.facts.hardlink))
        broken("hard links agree: " + ours.facts.path);
    if (!same_name(ours.facts.entry.link_target, plain.facts.entry.link_target)) broken("symlinks agree: " + ours.facts.path);
    TreeEntry facts = plain.facts.entry;
    facts.link_target = ours.facts.entry.link_target;
    if (facts != ours.facts.entry) broken("facts agree: " + ours.facts.path);
    if (ours.whole && plain.whole && ours.content != plain.content) broken("contents agree: " + ours.facts.path);
}

void must_have_a_reason(const std::string& failure) {
    for (const std::string_view reason : kRefusedByUs)
        if (failure.find(reason) != std::string::npos) return;
    broken("what libarchive takes is refused for a reason: " + failure);
}

// Of an archive that ended for libarchive with one block of zeros: that it really goes on.
void must_go_on(std::string_view rest) {
    if (rest.substr(0, 512).find_first_not_of('\0') == std::string_view::npos) broken("the archive goes on after one block of zeros");
}

void compare(const Reading& ours, const Reading& plain) {
    const std::size_t both = std::min(ours.items.size(), plain.items.size());
    for (std::size_t at = 0; at < both; ++at) {
        compare(ours.items[at], plain.items[at]);
        if (plain.items[at].may_have_body) return;  // what follows lies at one place or another: readers differ
    }
    const bool plain_goes_on = plain.items.size() > both || (plain.failure.empty() && !ours.failure.empty());
    const bool ours_goes_on = ours.items.size() > both || (ours.failure.empty() && !plain.failure.empty());
    if (plain_goes_on && !(plain.items.size() > both && plain.items[both].warned)) must_have_a_reason(ours.failure);
    if (ours.failure.find("after one block of zeros") != std::string::npos) must_go_on(plain.rest);
    if (ours_goes_on) broken("what libarchive refuses is refused: " + plain.failure);
}

void check_tar(const std::string& tar) {
    const Reading ours = read_ours(tar, 1000);
    compare(ours, read_plain(tar));
    const Reading again = read_ours(tar, 513);
    if (again.items.size() != ours.items.size() || again.failure != ours.failure) broken("pieces change nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const char* const locale = std::setlocale(LC_CTYPE, "C.UTF-8");  // libarchive's names are those of a locale
    if (locale == nullptr) broken("there is the locale C.UTF-8");
    const std::string tar(reinterpret_cast<const char*>(bytes), size);
    check_tar(tar);
    if (const std::string sealed = tests::sealed_tar(tar); sealed != tar) check_tar(sealed);
    return 0;
}
