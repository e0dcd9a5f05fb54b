#include "runtime/layer/layer_entry.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace mabplan::runtime {

namespace {

// Of the entries with one path.
int rank_of(LayerMark mark) { return mark == LayerMark::Whiteout ? 0 : mark == LayerMark::None ? 1 : 2; }

// The first byte of what is left of a name; its end comes before all bytes.
int name_byte(std::string_view rest) { return rest.empty() || rest.front() == '/' ? -1 : static_cast<unsigned char>(rest.front()); }

}  // namespace

void pack_entry(PackWriter& out, const LayerEntry& entry) {
    out.number(static_cast<std::uint64_t>(entry.mark));
    out.text(entry.hardlink);
    out.number(entry.content);
    pack_facts(out, entry.entry);
}

void unpack_entry(PackReader& in, LayerEntry& entry) {
    entry.mark = static_cast<LayerMark>(in.number());
    entry.hardlink = in.text();
    entry.content = static_cast<std::uint32_t>(in.number());
    unpack_facts(in, entry.entry);
}

std::int64_t layer_mtime(const struct timespec& mtime, const LayerOptions& options) {
    if (!options.time) return mtime.tv_sec;
    const auto& since = options.written_since;
    if (since && std::tie(mtime.tv_sec, mtime.tv_nsec) >= std::tie(since->tv_sec, since->tv_nsec)) return *options.time;
    return std::min<std::int64_t>(mtime.tv_sec, *options.time);
}

std::int64_t layer_mtime(const TreeEntry& entry, const LayerOptions& options) {
    return layer_mtime(timespec{entry.mtime_s, entry.mtime_ns}, options);
}

std::int64_t layer_mtime_of_second(std::int64_t second, const LayerOptions& options) {
    return layer_mtime(timespec{second, 999'999'999}, options);
}

LayerPosition position_of(const LayerEntries& entries, std::size_t index) {
    PackReader in = entries.packed(index);
    const std::string_view path = in.text();
    return {path, static_cast<LayerMark>(in.number())};
}

bool precedes_in_layer(const LayerPosition& a, const LayerPosition& b) {
    const std::string_view a_path = a.path == "." ? std::string_view() : a.path;
    const std::string_view b_path = b.path == "." ? std::string_view() : b.path;
    if (a_path == b_path) return rank_of(a.mark) < rank_of(b.mark);
    const auto [at_a, at_b] = std::mismatch(a_path.begin(), a_path.end(), b_path.begin(), b_path.end());
    const std::string_view a_rest(at_a, a_path.end());
    const std::string_view b_rest(at_b, b_path.end());
    if (a_path.empty() || (a_rest.empty() && b_rest.starts_with('/'))) return true;  // b is below a
    if (b_path.empty() || (b_rest.empty() && a_rest.starts_with('/'))) return false;
    const bool a_removes = a.mark == LayerMark::Whiteout && a_rest.find('/') == std::string_view::npos;
    const bool b_removes = b.mark == LayerMark::Whiteout && b_rest.find('/') == std::string_view::npos;
    if (a_removes != b_removes) return a_removes;
    return name_byte(a_rest) < name_byte(b_rest);
}

}  // namespace mabplan::runtime
