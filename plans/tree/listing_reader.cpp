#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/listing.h"
#include "plans/tree/listing_form.h"

#include <algorithm>
#include <unordered_map>

namespace mabplan {

namespace {

constexpr std::size_t kFieldCount = 9;

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

Result<std::vector<ListedEntry>> read_listing(std::string_view text) {
    if (!text.starts_with(kListingHeader)) return input_error("a listing begins with the line \"listing 1\"");
    std::vector<ListedEntry> entries;
    ListingReader reader;
    std::size_t number = 1;
    for (text.remove_prefix(kListingHeader.size()); !text.empty();) {
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
