// Numbers and texts of the files that this room writes, in memory. Does not know what they mean.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace mabplan::runtime {

template <class Value>
void append_value(std::string& out, const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    out.append(reinterpret_cast<const char*>(&value), sizeof(Value));
}

inline void append_text(std::string& out, std::string_view text) {
    append_value(out, static_cast<std::uint32_t>(text.size()));
    out.append(text);
}

// Takes from the front; past the end everything is zero and `failed` says so.
class OwnReader {
public:
    explicit OwnReader(std::string_view bytes) : rest_(bytes) {}

    template <class Value>
    Value value() {
        Value value{};
        const std::string_view bytes = take(sizeof(Value));
        if (!failed_) std::memcpy(&value, bytes.data(), sizeof(Value));
        return value;
    }
    std::string text() { return std::string(take(value<std::uint32_t>())); }
    std::size_t left() const { return rest_.size(); }
    bool failed() const { return failed_; }

private:
    std::string_view take(std::size_t count) {
        if (count > rest_.size()) failed_ = true;
        if (failed_) return {};
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace mabplan::runtime
