#include "runtime/context/digest_records.h"

#include "runtime/context/xxh3.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMagic = 0x746174736e616c70;  // "planstat" on a little-endian host
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kNoAttributes = 0xffffffff;

struct Header {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t generation;
    std::uint64_t records;
    std::uint64_t attribute_bytes;
};
static_assert(sizeof(Header) == 32);

template <class Value>
void append_value(std::string& out, const Value& value) {
    char bytes[sizeof(Value)];
    std::memcpy(bytes, &value, sizeof(Value));
    out.append(bytes, sizeof(Value));
}

template <class Value>
Value value_at(std::string_view bytes, std::size_t at) {
    Value value{};
    std::memcpy(&value, bytes.data() + at, sizeof(Value));
    return value;
}

void append_text(std::string& out, std::string_view text) {
    append_value(out, static_cast<std::uint32_t>(text.size()));
    out += text;
}

// Reads numbers and texts one after the other; what goes beyond the end is empty.
class AttributeReader {
public:
    AttributeReader(std::string_view bytes, std::size_t at) : bytes_(bytes.substr(std::min(at, bytes.size()))) {}
    std::uint32_t number() {
        if (bytes_.size() < sizeof(std::uint32_t)) return 0;
        const auto value = value_at<std::uint32_t>(bytes_, 0);
        bytes_.remove_prefix(sizeof(std::uint32_t));
        return value;
    }
    std::string text() {
        const std::size_t length = std::min<std::size_t>(number(), bytes_.size());
        std::string out(bytes_.substr(0, length));
        bytes_.remove_prefix(length);
        return out;
    }
    bool at_end() const { return bytes_.empty(); }

private:
    std::string_view bytes_;
};

}  // namespace

std::optional<DigestRecords> DigestRecords::decode(std::string_view bytes) {
    constexpr std::size_t kFixed = sizeof(Header) + sizeof(std::uint64_t);
    if (bytes.size() < kFixed) return std::nullopt;
    const auto header = value_at<Header>(bytes, 0);
    const std::size_t body = bytes.size() - kFixed;
    if (header.magic != kMagic || header.version != kVersion || header.records > body / sizeof(Record)) return std::nullopt;
    const std::size_t record_bytes = static_cast<std::size_t>(header.records) * sizeof(Record);
    if (header.attribute_bytes != body - record_bytes) return std::nullopt;
    const std::size_t end = bytes.size() - sizeof(std::uint64_t);
    if (xxh3_64(bytes.substr(0, end)) != value_at<std::uint64_t>(bytes, end)) return std::nullopt;

    DigestRecords out;
    out.generation_ = header.generation;
    out.records_.resize(static_cast<std::size_t>(header.records));
    if (record_bytes != 0) std::memcpy(out.records_.data(), bytes.data() + sizeof(Header), record_bytes);
    out.attributes_ = bytes.substr(sizeof(Header) + record_bytes, body - record_bytes);
    out.index_all();
    return out;
}

std::string DigestRecords::encode(std::uint32_t generation) const {
    std::string attributes;
    std::vector<Record> records = records_;
    for (Record& record : records) {
        if (record.attributes == kNoAttributes) continue;
        const std::map<std::string, std::string> xattrs = xattrs_of(record);
        record.attributes = static_cast<std::uint32_t>(attributes.size());
        append_value(attributes, static_cast<std::uint32_t>(xattrs.size()));
        for (const auto& [name, value] : xattrs) {
            append_text(attributes, name);
            append_text(attributes, value);
        }
    }
    std::string out;
    out.reserve(sizeof(Header) + records.size() * sizeof(Record) + attributes.size() + sizeof(std::uint64_t));
    append_value(out, Header{kMagic, kVersion, generation, records.size(), attributes.size()});
    for (const Record& record : records) append_value(out, record);
    out += attributes;
    append_value(out, xxh3_64(out));
    return out;
}

std::size_t DigestRecords::slot_of(std::uint64_t device, std::uint64_t inode) const {
    const std::uint64_t mixed = (inode + device * 0x9e3779b97f4a7c15U) * 0xff51afd7ed558ccdU;
    std::size_t slot = static_cast<std::size_t>(mixed >> 32) & (slots_.size() - 1);
    for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
        const Record& record = records_[slots_[slot] - 1];
        if (record.inode == inode && record.device == device) break;
    }
    return slot;
}

void DigestRecords::index_all() {
    slots_.assign(std::bit_ceil(std::max<std::size_t>(records_.size(), 32) * 4), 0);
    for (std::size_t i = 0; i < records_.size(); ++i) slots_[slot_of(records_[i].device, records_[i].inode)] = static_cast<std::uint32_t>(i + 1);
}

DigestRecords::Record* DigestRecords::find(std::uint64_t device, std::uint64_t inode) {
    if (slots_.empty()) return nullptr;
    const std::uint32_t found = slots_[slot_of(device, inode)];
    return found == 0 ? nullptr : &records_[found - 1];
}

void DigestRecords::put(Record record, const std::map<std::string, std::string>& xattrs) {
    record.attributes = kNoAttributes;
    if (!xattrs.empty() && attributes_.size() < std::numeric_limits<std::uint32_t>::max() / 2) {
        record.attributes = static_cast<std::uint32_t>(attributes_.size());
        append_value(attributes_, static_cast<std::uint32_t>(xattrs.size()));
        for (const auto& [name, value] : xattrs) {
            append_text(attributes_, name);
            append_text(attributes_, value);
        }
    }
    if (Record* known = find(record.device, record.inode)) {
        *known = record;
        return;
    }
    records_.push_back(record);
    if (records_.size() * 2 > slots_.size()) index_all();
    else slots_[slot_of(record.device, record.inode)] = static_cast<std::uint32_t>(records_.size());
}

std::map<std::string, std::string> DigestRecords::xattrs_of(const Record& record) const {
    std::map<std::string, std::string> xattrs;
    if (record.attributes == kNoAttributes) return xattrs;
    AttributeReader reader(attributes_, record.attributes);
    for (std::uint32_t left = reader.number(); left > 0 && !reader.at_end(); --left) {
        std::string name = reader.text();
        xattrs.emplace(std::move(name), reader.text());
    }
    return xattrs;
}

void DigestRecords::keep_latest(std::size_t count) {
    if (records_.size() <= count) return;
    const auto later = [](const Record& a, const Record& b) { return a.generation > b.generation; };
    std::nth_element(records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(count), records_.end(), later);
    records_.resize(count);
    index_all();
}

}  // namespace mabplan::runtime
