#include "runtime/store/page_sums.h"

#include "runtime/sys/xxh3.h"

#include <endian.h>
#include <sqlite3.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace mabplan::runtime {

namespace {

constexpr int kPageBytes = 4096;  // SQLite's default; a file with sums has no other
constexpr int kSumBytes = 8;
constexpr int kHeaderBytes = 100;        // of the first page
constexpr std::size_t kReservedAt = 20;  // of the first page: how many bytes of each page are reserved

struct Page {
    std::array<char, kPageBytes> bytes{};
    std::uint64_t number = 0;  // from 0

    std::uint64_t sum() const { return xxh3_64({bytes.data(), kPageBytes - kSumBytes}, number); }
    std::uint64_t written_sum() const {
        std::uint64_t written = 0;
        std::memcpy(&written, bytes.data() + kPageBytes - kSumBytes, kSumBytes);
        return le64toh(written);
    }
    void write_sum() {
        const std::uint64_t written = htole64(sum());
        std::memcpy(bytes.data() + kPageBytes - kSumBytes, &written, kSumBytes);
    }
    bool is_whole() const { return sum() == written_sum(); }
    void flip(unsigned bit) {
        char& byte = bytes[bit / 8];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit % 8));
    }

    // Finds the one bit that was changed, if it was one: that 64 bits fit by chance is 2^-49 over all the bits of a page.
    bool mend() {
        if (std::popcount(sum() ^ written_sum()) <= 1) return true;
        for (unsigned bit = 0; bit < (kPageBytes - kSumBytes) * 8U; ++bit) {
            flip(bit);
            if (is_whole()) return true;
            flip(bit);
        }
        return false;
    }
};

// What SQLite takes for its file; the system's own follows it in memory.
struct CheckedFile {
    sqlite3_file base{};
    bool has_sums = false;
    DamagedPages pages = DamagedPages::Refused;
};

CheckedFile& checked(sqlite3_file* file) { return *reinterpret_cast<CheckedFile*>(file); }
sqlite3_file* below(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&checked(file) + 1); }

sqlite3_vfs* system_files() { return sqlite3_vfs_find(nullptr); }

int read_page(sqlite3_file* file, Page& page) {
    return below(file)->pMethods->xRead(below(file), page.bytes.data(), kPageBytes, static_cast<sqlite3_int64>(page.number) * kPageBytes);
}

// Also of a file whose first page was damaged just there. SQLITE_OK, or why that can't be known.
int find_out_about_sums(sqlite3_file* file, bool& has_sums) {
    sqlite3_int64 size = 0;
    if (const int code = below(file)->pMethods->xFileSize(below(file), &size); code != SQLITE_OK) return code;
    Page first, second;
    second.number = 1;
    if (const int code = read_page(file, first); code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    has_sums = size == 0 || first.bytes[kReservedAt] == kSumBytes || first.is_whole() ||
               (read_page(file, second) == SQLITE_OK && second.is_whole());
    return SQLITE_OK;
}

// A part of a page is asked for where a value goes on in pages of its own (SQLITE_DIRECT_OVERFLOW_READ). What SQLite looks at of the header
// comes from no page that is locked: it is no answer either.
int read_checked(sqlite3_file* file, void* bytes, int count, sqlite3_int64 start) {
    const int code = below(file)->pMethods->xRead(below(file), bytes, count, start);
    const CheckedFile& its = checked(file);
    const bool is_mended = its.pages == DamagedPages::Mended;
    if (code != SQLITE_OK || !its.has_sums || (start + count <= kHeaderBytes && !is_mended)) return code;
    const auto within = static_cast<std::size_t>(start % kPageBytes);
    if (within + static_cast<std::size_t>(count) > kPageBytes) return SQLITE_IOERR_DATA;
    Page page;
    page.number = static_cast<std::uint64_t>(start) / kPageBytes;
    if (count == kPageBytes) std::memcpy(page.bytes.data(), bytes, kPageBytes);
    else if (const int whole = read_page(file, page); whole != SQLITE_OK)
        return start + count <= kHeaderBytes ? SQLITE_OK : whole == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_DATA : whole;
    if (!page.is_whole() && (!is_mended || !page.mend())) return SQLITE_IOERR_DATA;
    std::memcpy(bytes, page.bytes.data() + within, static_cast<std::size_t>(count));
    return SQLITE_OK;
}

int write_checked(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 start) {
    const auto write = below(file)->pMethods->xWrite;
    // what a journal brings back may be of another kind
    if (start == 0 && count == kPageBytes) checked(file).has_sums = static_cast<const char*>(bytes)[kReservedAt] == kSumBytes;
    if (!checked(file).has_sums || count != kPageBytes || start % kPageBytes != 0) return write(below(file), bytes, count, start);
    Page page;
    page.number = static_cast<std::uint64_t>(start) / kPageBytes;
    std::memcpy(page.bytes.data(), bytes, kPageBytes);
    page.write_sum();
    return write(below(file), page.bytes.data(), count, start);
}

// Not that parts of pages may be read: a sum is that of all of a page (SQLITE_IOCAP_SUBPAGE_READ, of later versions).
int characteristics(sqlite3_file* file) {
    constexpr int kSubpageRead = 0x8000;
    return below(file)->pMethods->xDeviceCharacteristics(below(file)) & ~kSubpageRead;
}

// All else is the system's own.
template <auto Method>
struct PassOn;
template <class Returned, class... Arguments, Returned (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct PassOn<Method> {
    static Returned call(sqlite3_file* file, Arguments... arguments) { return (below(file)->pMethods->*Method)(below(file), arguments...); }
};

const sqlite3_io_methods& checked_methods() {
    using Methods = sqlite3_io_methods;
    static const Methods methods = [] {
        Methods made{};
        made.iVersion = 2;  // no memory of SQLite's own onto the file, which would go past the sums
        made.xClose = PassOn<&Methods::xClose>::call;
        made.xRead = read_checked;
        made.xWrite = write_checked;
        made.xTruncate = PassOn<&Methods::xTruncate>::call;
        made.xSync = PassOn<&Methods::xSync>::call;
        made.xFileSize = PassOn<&Methods::xFileSize>::call;
        made.xLock = PassOn<&Methods::xLock>::call;
        made.xUnlock = PassOn<&Methods::xUnlock>::call;
        made.xCheckReservedLock = PassOn<&Methods::xCheckReservedLock>::call;
        made.xFileControl = PassOn<&Methods::xFileControl>::call;
        made.xSectorSize = PassOn<&Methods::xSectorSize>::call;
        made.xDeviceCharacteristics = characteristics;
        made.xShmMap = PassOn<&Methods::xShmMap>::call;
        made.xShmLock = PassOn<&Methods::xShmLock>::call;
        made.xShmBarrier = PassOn<&Methods::xShmBarrier>::call;
        made.xShmUnmap = PassOn<&Methods::xShmUnmap>::call;
        return made;
    }();
    return methods;
}

template <DamagedPages Pages>
int open_checked(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened) {
    sqlite3_vfs* const system = system_files();
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return system->xOpen(system, name, file, flags, opened);
    CheckedFile& its = *std::construct_at(&checked(file));
    if (const int code = system->xOpen(system, name, below(file), flags, opened); code != SQLITE_OK) return code;
    if (const int code = find_out_about_sums(file, its.has_sums); code != SQLITE_OK) {
        below(file)->pMethods->xClose(below(file));
        return code;
    }
    its.pages = Pages;
    its.base.pMethods = &checked_methods();
    return SQLITE_OK;
}

// The system's but for how files are opened: its other functions look at nothing that is changed here.
template <DamagedPages Pages>
const char* registered(const char* name) {
    static sqlite3_vfs layer = [&] {
        sqlite3_vfs made = *system_files();
        made.pNext = nullptr;
        made.zName = name;
        made.szOsFile += static_cast<int>(sizeof(CheckedFile));
        made.xOpen = open_checked<Pages>;
        return made;
    }();
    static const int code = sqlite3_vfs_register(&layer, 0);
    return code == SQLITE_OK ? name : nullptr;
}

}  // namespace

const char* page_sums_layer(DamagedPages pages) {
    return pages == DamagedPages::Refused ? registered<DamagedPages::Refused>("mabplan")
                                          : registered<DamagedPages::Mended>("mabplan-mending");
}

void ask_for_page_sums(sqlite3* connection) {
    int bytes = kSumBytes;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

bool has_page_sums(sqlite3* connection) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
    return file != nullptr && file->pMethods == &checked_methods() && checked(file).has_sums;
}

}  // namespace mabplan::runtime
