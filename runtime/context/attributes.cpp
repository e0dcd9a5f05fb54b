#include "runtime/context/attributes.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace mabplan::runtime {

namespace {

void append_number(std::string& out, std::size_t number) {
    const auto value = static_cast<std::uint32_t>(number);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

void append_text(std::string& out, std::string_view text) {
    append_number(out, text.size());
    out += text;
}

// Reads numbers and texts one after the other.
class AttributeReader {
public:
    AttributeReader(std::string_view bytes, std::size_t at) : bytes_(bytes.substr(std::min(at, bytes.size()))) {}
    std::uint32_t number() {
        std::uint32_t value = 0;
        if (bytes_.size() < sizeof value) return 0;
        std::memcpy(&value, bytes_.data(), sizeof value);
        bytes_.remove_prefix(sizeof value);
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

std::uint32_t append_attributes(std::string& bytes, const Xattrs& xattrs) {
    if (xattrs.empty() || bytes.size() >= std::numeric_limits<std::uint32_t>::max() / 2) return kNoAttributes;
    const auto offset = static_cast<std::uint32_t>(bytes.size());
    append_number(bytes, xattrs.size());
    for (const auto& [name, value] : xattrs) {
        append_text(bytes, name);
        append_text(bytes, value);
    }
    return offset;
}

Xattrs attributes_at(std::string_view bytes, std::uint32_t offset) {
    Xattrs xattrs;
    if (offset == kNoAttributes) return xattrs;
    AttributeReader reader(bytes, offset);
    for (std::uint32_t left = reader.number(); left > 0 && !reader.at_end(); --left) {
        std::string name = reader.text();
        xattrs.emplace(std::move(name), reader.text());
    }
    return xattrs;
}

}  // namespace mabplan::runtime
