#include "runtime/layer/tar_reader.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/tar_blocks.h"

#include <archive.h>
#include <archive_entry.h>

#include <utility>

namespace mabplan::runtime {

namespace {

struct FreeArchive {
    void operator()(struct archive* reader) const { archive_read_free(reader); }
};

Result<FileType> file_type(struct archive_entry* entry, const std::string& path) {
    switch (archive_entry_filetype(entry)) {
        case AE_IFREG: return FileType::File;
        case AE_IFDIR: return FileType::Directory;
        case AE_IFLNK: return FileType::Symlink;
        case AE_IFCHR: return FileType::CharDevice;
        case AE_IFBLK: return FileType::BlockDevice;
        case AE_IFIFO: return FileType::Fifo;
        default: return input_error(format("the entry {} of the tar archive is of an unknown kind", quoted(path)));
    }
}

void read_xattrs(struct archive_entry* entry, TreeEntry& facts) {
    archive_entry_xattr_reset(entry);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
        facts.xattrs.emplace(name, std::string(static_cast<const char*>(value), size));
}

Result<std::uint32_t> read_id(la_int64_t id, const std::string& path) {
    constexpr la_int64_t kMaxId = 0xfffffffe;  // the last one means "no change" to the kernel
    if (id < 0 || id > kMaxId)
        return input_error(format("the entry {} of the tar archive has the owner {}: ids go from 0 to {}", quoted(path), id, kMaxId));
    return static_cast<std::uint32_t>(id);
}

Result<TarEntry> read_facts(struct archive_entry* entry) {
    TarEntry result;
    const char* path = archive_entry_pathname(entry);
    if (path != nullptr) result.path = path;  // without a name it stands for the root, as "." does
    TreeEntry& facts = result.entry;
    facts.mode = static_cast<std::uint32_t>(archive_entry_perm(entry));
    MABPLAN_TRY(uid, read_id(archive_entry_uid(entry), result.path));
    MABPLAN_TRY(gid, read_id(archive_entry_gid(entry), result.path));
    facts.uid = uid;
    facts.gid = gid;
    facts.mtime_s = archive_entry_mtime(entry);
    facts.mtime_ns = static_cast<std::uint32_t>(archive_entry_mtime_nsec(entry));
    if (const char* target = archive_entry_hardlink(entry)) {
        result.is_hardlink = true;
        result.hardlink = target;
        return result;
    }
    MABPLAN_TRY(type, file_type(entry, result.path));
    facts.type = type;
    if (type == FileType::File) facts.size = static_cast<std::uint64_t>(archive_entry_size(entry));
    if (type == FileType::CharDevice || type == FileType::BlockDevice)
        facts.device = std::uint64_t{archive_entry_rdevmajor(entry)} << 32U | archive_entry_rdevminor(entry);
    if (const char* target = archive_entry_symlink(entry)) facts.link_target = target;
    read_xattrs(entry, facts);
    return result;
}

// Headers, and what no content is counted for, are within twice the budget of contents.
constexpr std::uint64_t kSmallArchive = 256U << 20U;
constexpr const char* kMoreBytes = "if it is meant to be so large, allow it: --max-layer-size SIZE";

// What libarchive pulls its bytes from.
struct Puller {
    Puller(ByteSource& source, std::uint64_t budget) : blocks(source), most(budget) {}

    TarBlocks blocks;
    std::uint64_t most;  // bytes of the archive
    std::uint64_t pulled = 0;
    std::optional<std::string_view> first;  // looked at before libarchive was
    Status failure;                         // of the source
};

la_ssize_t pull_piece(struct archive* /*reader*/, void* data, const void** piece) {
    auto& puller = *static_cast<Puller*>(data);
    Result<std::string_view> next = puller.first ? Result<std::string_view>(*puller.first) : puller.blocks.next();
    puller.first.reset();
    if (!next) {
        puller.failure = pass(std::move(next).error());
        return -1;
    }
    puller.pulled += next->size();
    if (puller.pulled > puller.most) {
        puller.failure =
            fail(ErrorKind::Input, format("the tar archive goes on after {}: it is not unpacked", format_bytes(puller.most)), kMoreBytes);
        return -1;
    }
    *piece = next->data();
    return static_cast<la_ssize_t>(next->size());
}

}  // namespace

struct TarReader::State {
    State(ByteSource& source, const TarLimits& budget) : puller(source, 2 * budget.max_bytes + kSmallArchive), limits(budget) {}

    Status open();
    Status check_budget(const TarEntry& entry);
    Status spend(std::uint64_t more);  // bytes
    Status drain();
    Failure damaged() const;

    Puller puller;
    TarLimits limits;
    std::unique_ptr<struct archive, FreeArchive> reader;  // after puller: it pulls until it is freed
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
    std::uint64_t size = 0;  // of the current file
    bool ended = false;
    std::string last;  // path of the last entry
};

Failure TarReader::State::damaged() const {
    if (!puller.failure) {
        Error error = puller.failure.error();
        if (!puller.blocks.source_failed() && !last.empty()) error.message += format(", after {}", quoted(last));
        return fail(std::move(error));
    }
    const char* why = archive_error_string(reader.get());
    const std::string where = last.empty() ? std::string("at its start") : "after " + quoted(last);
    return input_error(format("the tar archive is damaged or cut short {}: {}", where, why == nullptr ? "unknown fault" : why));
}

Status TarReader::State::open() {
    MABPLAN_TRY(first, puller.blocks.next());
    puller.first = first;
    ended = first.empty();  // no bytes at all: an archive without entries
    reader.reset(archive_read_new());
    if (reader == nullptr) return fail(ErrorKind::Environment, "there is no memory to read a tar archive");
    if (archive_read_support_filter_none(reader.get()) != ARCHIVE_OK || archive_read_support_format_tar(reader.get()) != ARCHIVE_OK)
        return damaged();
    if (!ended && archive_read_open(reader.get(), &puller, nullptr, pull_piece, nullptr) != ARCHIVE_OK) return damaged();
    return {};
}

Status TarReader::State::check_budget(const TarEntry& entry) {
    if (entries > limits.max_entries)
        return input_error(format("the tar archive has more than {} entries: it is not unpacked", limits.max_entries));
    for (const std::string_view name :
         {std::string_view(entry.path), std::string_view(entry.hardlink), std::string_view(entry.entry.link_target)})
        if (name.size() > limits.max_name_bytes)
            return input_error(format("the tar archive has a name of {} bytes ({}…): more than {} are refused", name.size(),
                                      quoted(name.substr(0, 60)), limits.max_name_bytes));
    last = entry.path;
    return spend(entry.entry.size);
}

Status TarReader::State::spend(std::uint64_t more) {
    if (more > limits.max_bytes - bytes)
        return fail(ErrorKind::Input,
                    format("the tar archive holds more than {} (at {}): it is not unpacked", format_bytes(limits.max_bytes), quoted(last)),
                    kMoreBytes);
    bytes += more;
    return {};
}

Status TarReader::State::drain() {
    ended = true;
    for (;;) {
        MABPLAN_TRY(rest, puller.blocks.next());
        if (limits.ending == TarEnding::TwoBlocks && puller.blocks.has_doubtful_end())
            return input_error(format("the tar archive goes on after one block of zeros, which comes {}: two end an archive",
                                      last.empty() ? std::string("at its start") : "after " + quoted(last)));
        if (rest.empty()) return {};
        MABPLAN_CHECK(spend(rest.size()));
    }
}

TarReader::TarReader(ByteSource& source, const TarLimits& limits) : state_(std::make_unique<State>(source, limits)) {}
TarReader::~TarReader() = default;

bool TarReader::has_entries() const { return state_->entries > 0; }

Result<std::optional<TarEntry>> TarReader::next() {
    if (state_->reader == nullptr) MABPLAN_CHECK(state_->open());
    if (state_->ended) return std::nullopt;
    struct archive_entry* header = nullptr;
    const int outcome = archive_read_next_header(state_->reader.get(), &header);
    if (outcome == ARCHIVE_EOF) {
        MABPLAN_CHECK(state_->drain());
        return std::nullopt;
    }
    if (outcome != ARCHIVE_OK) return state_->damaged();
    ++state_->entries;
    MABPLAN_TRY(entry, read_facts(header));
    MABPLAN_CHECK(state_->check_budget(entry));
    state_->size = entry.entry.size;
    return std::optional<TarEntry>(std::move(entry));
}

Result<std::optional<TarBlock>> TarReader::read() {
    if (state_->reader == nullptr || state_->ended || state_->size == 0) return std::nullopt;
    const void* bytes = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int outcome = archive_read_data_block(state_->reader.get(), &bytes, &size, &offset);
    if (outcome == ARCHIVE_EOF) return std::nullopt;
    if (outcome != ARCHIVE_OK) return state_->damaged();
    const TarBlock block{static_cast<std::uint64_t>(offset), {static_cast<const char*>(bytes), size}};
    if (block.offset > state_->size || size > state_->size - block.offset)
        return input_error(format("the content of {} in the tar archive is longer than its header says", quoted(state_->last)));
    return std::optional<TarBlock>(block);
}

}  // namespace mabplan::runtime
