#include "plans/tree/listing.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace mabplan {

namespace {

constexpr std::string_view kHeader = "listing 1\n";
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr char kParentLetter = 'D';
constexpr std::uint32_t kSymlinkMode = 0777;
constexpr std::size_t kFieldCount = 9;

bool is_plain(char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '=' && c != ','; }

void append_hex(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += kHexDigits[byte >> 4];
        out += kHexDigits[byte & 15];
    }
}

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

using Ordered = std::vector<const ListedEntry*>;

Ordered ordered_by_path(const std::vector<ListedEntry>& entries) {
    Ordered ordered;
    ordered.reserve(entries.size());
    for (const ListedEntry& listed : entries) ordered.push_back(&listed);
    const auto before = [](const ListedEntry* a, const ListedEntry* b) { return a->path < b->path; };
    if (!std::is_sorted(ordered.begin(), ordered.end(), before)) std::sort(ordered.begin(), ordered.end(), before);
    return ordered;
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
    out += listed.digest.empty() ? std::string_view("-") : std::string_view(listed.digest.hex());
    out += ' ';
    append_xattrs(out, entry.xattrs);
    out += ' ';
    if (first_name == nullptr) out += '-';
    else append_escaped(out += '=', *first_name);
    out += ' ';
    append_escaped(out, listed.path);
    out += '\n';
}

// All lines in their order; `after_line` may empty `out`.
template <class AfterLine>
void append_entries(std::string& out, const std::vector<ListedEntry>& entries, AfterLine after_line) {
    std::unordered_map<std::uint64_t, const std::string*> first_names;
    for (const ListedEntry* listed : ordered_by_path(entries)) {
        const std::string* first_name = nullptr;
        if (listed->entry.hardlink != 0) {
            const auto [known, is_first] = first_names.emplace(listed->entry.hardlink, &listed->path);
            if (!is_first) first_name = known->second;
        }
        append_entry(out, *listed, first_name);
        after_line();
    }
}

// Reads the lines back; every line is one call of `read`.
class ListingReader {
public:
    Result<ListedEntry> read(std::string_view line) {
        const std::vector<std::string_view> fields = split(line, ' ');
        if (fields.size() != kFieldCount) return input_error(format("expected {} fields, found {}", kFieldCount, fields.size()));
        ListedEntry listed;
        MABPLAN_CHECK(read_type(fields[0], listed));
        MABPLAN_TRY(mode, read_number(fields[1], 8, 07777));
        MABPLAN_TRY(uid, read_number(fields[2], 10, UINT32_MAX));
        MABPLAN_TRY(gid, read_number(fields[3], 10, UINT32_MAX));
        listed.entry.mode = static_cast<std::uint32_t>(mode);
        listed.entry.uid = static_cast<std::uint32_t>(uid);
        listed.entry.gid = static_cast<std::uint32_t>(gid);
        MABPLAN_CHECK(read_value(fields[4], listed.entry));
        MABPLAN_CHECK(read_digest(fields[5], listed));
        MABPLAN_CHECK(read_xattrs(fields[6], listed.entry.xattrs));
        MABPLAN_TRY(path, read_escaped(fields[8]));
        listed.path = std::move(path);
        listed.entry.name = std::string(base_name(listed.path));
        MABPLAN_CHECK(read_hardlink(fields[7]));
        return listed;
    }

    // The names that share a file get a number when all lines are there: the first of them does not know of the others.
    void number_hardlinks(std::vector<ListedEntry>& entries) const {
        std::unordered_map<std::string_view, std::size_t> index;
        for (std::size_t i = 0; i < links_.size(); ++i) index.emplace(entries[i].path, i);
        for (std::size_t i = 0; i < links_.size(); ++i) {
            const auto first = links_[i].empty() ? index.end() : index.find(links_[i]);
            if (first != index.end()) entries[first->second].entry.hardlink = entries[i].entry.hardlink = first->second + 1;
        }
    }

private:
    static Result<std::uint64_t> read_number(std::string_view text, int base, std::uint64_t most) {
        const std::optional<std::uint64_t> number = parse_unsigned(text, base);
        if (!number || *number > most) return input_error(format("expected a number, found {}", quoted(text)));
        return *number;
    }

    static Result<std::string> read_hex(std::string_view text) {
        std::string bytes;
        for (std::size_t i = 0; i < text.size(); i += 2) {
            const std::optional<std::uint64_t> byte = parse_unsigned(text.substr(i, 2), 16);
            if (!byte || i + 2 > text.size()) return input_error(format("expected pairs of hex digits, found {}", quoted(text)));
            bytes += static_cast<char>(*byte);
        }
        return bytes;
    }

    static Result<std::string> read_escaped(std::string_view text) {
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t escape = std::min(text.find('\\', at), text.size());
            out += text.substr(at, escape - at);
            at = escape;
            if (at == text.size()) break;
            if (text.substr(at, 2) != "\\x" || at + 4 > text.size()) return input_error(format("expected \\xHH in {}", quoted(text)));
            MABPLAN_TRY(byte, read_hex(text.substr(at + 2, 2)));
            out += byte;
            at += 4;
        }
        if (out.empty()) return input_error("expected a name, found nothing");
        return out;
    }

    static Status read_type(std::string_view field, ListedEntry& listed) {
        constexpr FileType kTypes[] = {FileType::File,        FileType::Directory, FileType::Symlink, FileType::CharDevice,
                                       FileType::BlockDevice, FileType::Fifo,      FileType::Socket};
        if (field == std::string_view(&kParentLetter, 1)) {
            listed.role = EntryRole::Parent;
            listed.entry.type = FileType::Directory;
            return {};
        }
        for (const FileType type : kTypes) {
            listed.entry.type = type;
            if (field.size() == 1 && field[0] == file_type_letter(type)) return {};
        }
        return input_error(format("expected a file type, found {}", quoted(field)));
    }

    static Status read_value(std::string_view field, TreeEntry& entry) {
        if (entry.type == FileType::File) {
            MABPLAN_TRY(size, read_number(field, 10, UINT64_MAX));
            entry.size = size;
        } else if (entry.type == FileType::Symlink) {
            MABPLAN_TRY(target, read_escaped(field));
            entry.link_target = std::move(target);
        } else if (entry.type == FileType::CharDevice || entry.type == FileType::BlockDevice) {
            const std::size_t colon = std::min(field.find(':'), field.size());
            MABPLAN_TRY(major, read_number(field.substr(0, colon), 10, UINT32_MAX));
            MABPLAN_TRY(minor, read_number(field.substr(std::min(colon + 1, field.size())), 10, UINT32_MAX));
            entry.device = major << 32 | minor;
        }
        return {};
    }

    static Status read_digest(std::string_view field, ListedEntry& listed) {
        if (field == "-") return {};
        MABPLAN_TRY(digest, Digest::parse("sha256:" + std::string(field)));
        listed.digest = std::move(digest);
        return {};
    }

    static Status read_xattrs(std::string_view field, std::map<std::string, std::string>& xattrs) {
        if (field == "-") return {};
        for (const std::string_view pair : split(field, ',')) {
            const std::size_t equals = pair.find('=');
            if (equals == std::string_view::npos) return input_error(format("expected name=hex, found {}", quoted(pair)));
            MABPLAN_TRY(name, read_escaped(pair.substr(0, equals)));
            MABPLAN_TRY(value, read_hex(pair.substr(equals + 1)));
            xattrs.emplace(std::move(name), std::move(value));
        }
        return {};
    }

    Status read_hardlink(std::string_view field) {
        std::string first;
        if (field != "-") {
            if (!field.starts_with('=')) return input_error(format("expected =path, found {}", quoted(field)));
            MABPLAN_TRY(path, read_escaped(field.substr(1)));
            first = std::move(path);
        }
        links_.push_back(std::move(first));
        return {};
    }

    std::vector<std::string> links_;  // for each line the first name of its file, or nothing
};

}  // namespace

std::string write_listing(const std::vector<ListedEntry>& entries) {
    constexpr std::size_t kUsualLine = 160;
    std::string out(kHeader);
    out.reserve(entries.size() * kUsualLine);
    append_entries(out, entries, [] {});
    return out;
}

void hash_listing(Sha256& hash, const std::vector<ListedEntry>& entries) {
    constexpr std::size_t kPiece = 1U << 16U;
    std::string piece(kHeader);
    piece.reserve(kPiece + 4096);
    const auto flush = [&] {
        hash.update(piece);
        piece.clear();
    };
    append_entries(piece, entries, [&] {
        if (piece.size() >= kPiece) flush();
    });
    flush();
}

Digest listing_digest(const std::vector<ListedEntry>& entries) {
    Sha256 hash;
    hash_listing(hash, entries);
    return Digest(hash.finish());
}

Result<std::vector<ListedEntry>> read_listing(std::string_view text) {
    if (!text.starts_with(kHeader)) return input_error("a listing begins with the line \"listing 1\"");
    std::vector<ListedEntry> entries;
    ListingReader reader;
    std::size_t number = 1;
    for (text.remove_prefix(kHeader.size()); !text.empty();) {
        ++number;
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return input_error(format("line {} of the listing has no end", number));
        auto entry = reader.read(text.substr(0, end));
        if (!entry) return pass(std::move(entry).error(), format("reading line {} of a listing", number));
        entries.push_back(std::move(*entry));
        text.remove_prefix(end + 1);
    }
    reader.number_hardlinks(entries);
    return entries;
}

}  // namespace mabplan
