#include "plans/tree/listing.h"

#include "plans/base/text.h"
#include "plans/tree/listing_form.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace mabplan {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::uint32_t kSymlinkMode = 0777;

bool is_plain(char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '=' && c != ','; }

void append_hex(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += kHexDigits[byte >> 4];
        out += kHexDigits[byte & 15];
    }
}

std::string_view as_text(const Sha256Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void append_escaped(std::string& out, std::string_view text) {
    if (std::all_of(text.begin(), text.end(), is_plain)) {
        out += text;
        return;
    }
    for (const char c : text) {
        if (is_plain(c)) out += c;
        else append_hex(out += "\\x", {&c, 1});
    }
}

void append_number(std::string& out, std::uint64_t number, int base = 10) {
    char digits[24];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number, base).ptr;
    out.append(std::begin(digits), end);
}

void append_value(std::string& out, const TreeEntry& entry) {
    switch (entry.type) {
        case FileType::File: return append_number(out, entry.size);
        case FileType::Symlink: return append_escaped(out, entry.link_target);
        case FileType::CharDevice:
        case FileType::BlockDevice:
            append_number(out, entry.device >> 32);
            out += ':';
            return append_number(out, entry.device & 0xffffffffU);
        case FileType::Directory:
        case FileType::Fifo:
        case FileType::Socket: out += '-';
    }
}

void append_xattrs(std::string& out, const std::map<std::string, std::string>& xattrs) {
    if (xattrs.empty()) out += '-';
    for (auto it = xattrs.begin(); it != xattrs.end(); ++it) {
        if (it != xattrs.begin()) out += ',';
        append_escaped(out, it->first);
        out += '=';
        append_hex(out, it->second);
    }
}

void append_entry(std::string& out, const ListedEntry& listed, const std::string* first_name) {
    const TreeEntry& entry = listed.entry;
    out += listed.role == EntryRole::Parent ? kParentLetter : file_type_letter(entry.type);
    out += ' ';
    append_number(out, entry.type == FileType::Symlink ? kSymlinkMode : entry.mode, 8);
    out += ' ';
    append_number(out, entry.uid);
    out += ' ';
    append_number(out, entry.gid);
    out += ' ';
    append_value(out, entry);
    out += ' ';
    if (listed.digest.empty()) out += '-';
    else append_hex(out, as_text(listed.digest.bytes()));
    out += ' ';
    append_xattrs(out, entry.xattrs);
    out += ' ';
    if (first_name == nullptr) out += '-';
    else append_escaped(out += '=', *first_name);
    out += ' ';
    append_escaped(out, listed.path);
    out += '\n';
}

// The lines of one listing, in the order in which they stand in it.
class ListingWriter {
public:
    void append(std::string& out, const ListedEntry& listed) {
        const std::string* first_name = nullptr;
        if (listed.entry.hardlink != 0) {
            const auto [known, is_first] = first_names_.emplace(listed.entry.hardlink, listed.path);
            if (!is_first) first_name = &known->second;
        }
        append_entry(out, listed, first_name);
    }

private:
    std::unordered_map<std::uint64_t, std::string> first_names_;
};

constexpr std::uint64_t kIsParent = 1;
constexpr std::uint64_t kHasDigest = 2;

}  // namespace

std::vector<const ListedEntry*> ordered_by_path(const std::vector<ListedEntry>& entries) {
    std::vector<const ListedEntry*> ordered;
    ordered.reserve(entries.size());
    for (const ListedEntry& listed : entries) ordered.push_back(&listed);
    const auto before = [](const ListedEntry* a, const ListedEntry* b) { return a->path < b->path; };
    if (!std::is_sorted(ordered.begin(), ordered.end(), before)) std::stable_sort(ordered.begin(), ordered.end(), before);
    return ordered;
}

void pack_entry(PackWriter& out, const ListedEntry& listed) {
    out.number((listed.role == EntryRole::Parent ? kIsParent : 0U) | (listed.digest.empty() ? 0U : kHasDigest));
    if (!listed.digest.empty()) out.bytes(as_text(listed.digest.bytes()));
    pack_facts(out, listed.entry);
}

void unpack_entry(PackReader& in, ListedEntry& listed) {
    const std::uint64_t packed = in.number();
    listed.role = (packed & kIsParent) != 0 ? EntryRole::Parent : EntryRole::Selected;
    if ((packed & kHasDigest) != 0) {
        Sha256Bytes digest{};
        const std::string_view bytes = in.bytes(digest.size());
        std::copy(bytes.begin(), bytes.end(), digest.begin());
        listed.digest = Digest(digest);
    }
    unpack_facts(in, listed.entry);
    listed.entry.name = base_name(listed.path);
}

std::string write_listing(const std::vector<ListedEntry>& entries) {
    constexpr std::size_t kUsualLine = 160;
    std::string out(kListingHeader);
    out.reserve(entries.size() * kUsualLine);
    ListingWriter writer;
    for (const ListedEntry* listed : ordered_by_path(entries)) writer.append(out, *listed);
    return out;
}

void hash_listing(Sha256& hash, const ListedEntries& entries) {
    constexpr std::size_t kPiece = 1U << 16U;
    std::string piece(kListingHeader);
    piece.reserve(kPiece + 4096);
    ListingWriter writer;
    for (const ListedEntry& listed : entries) {
        writer.append(piece, listed);
        if (piece.size() < kPiece) continue;
        hash.update(piece);
        piece.clear();
    }
    hash.update(piece);
}

}  // namespace mabplan
