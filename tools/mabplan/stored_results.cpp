#include "tools/mabplan/stored_results.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/last_use.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace mabplan::tools {

namespace {

// When the oldest other one began, in nanoseconds since 1970; the end of time where there is none.
Result<std::int64_t> others_began(runtime::Store& store) {
    MABPLAN_TRY(oldest, runtime::oldest_start(store.root() + "/tmp", store.scratch()));
    return oldest.value_or(std::numeric_limits<std::int64_t>::max());
}

// Whether something was found or made since another mabplan began that lives.
bool is_in_use(runtime::Store& store, const Digest& layer, std::int64_t since) {
    return runtime::last_use(store.blobs().path(layer)) >= since ||
           runtime::last_use(format("{}/{}", store.snapshots(), layer.hex())) >= since;
}

}  // namespace

Filtered StoredResult::as_filtered() const {
    std::vector<std::string> kinds{"result"};
    for (const InstructionId& id : instructions) kinds.push_back(id.kind);
    return {std::move(kinds), instructions, {}, row.result.bytes, row.used, in_use};
}

std::string StoredResult::kind() const { return instructions.empty() ? "result" : instructions.front().kind; }

std::string StoredResult::targets() const {
    std::set<std::string> targets;
    for (const InstructionId& id : instructions) targets.insert(id.target);
    return join(targets, " ");
}

std::string StoredResult::platforms() const {
    std::set<std::string> platforms;
    for (const InstructionId& id : instructions) platforms.insert(format_platform(id.platform));
    return join(platforms, " ");
}

Result<std::vector<StoredResult>> stored_results(runtime::Store& store, Contents contents) {
    MABPLAN_TRY(rows, store.records().list());
    MABPLAN_TRY(instructions, store.records().instructions());
    MABPLAN_TRY(since, others_began(store));
    std::vector<StoredResult> results;
    for (runtime::ResultRow& row : rows) {
        if (row.kind == runtime::KeyKind::Content && contents == Contents::Left) continue;
        const auto found = instructions.find(row.key);
        StoredResult result{std::move(row), found == instructions.end() ? std::vector<InstructionId>{} : found->second, false};
        result.in_use = is_in_use(store, result.row.result.diff_id, since);
        results.push_back(std::move(result));
    }
    return results;
}

MountAbout about_mount(const runtime::StoredItem& mount) {
    const auto cut = [](std::string_view text) {
        const std::size_t blank = std::min(text.find(' '), text.size());
        return std::pair(std::string(text.substr(0, blank)), text.substr(std::min(blank + 1, text.size())));
    };
    auto [platform, rest] = cut(mount.about);
    if (rest.empty()) return {{}, {}, mount.about};
    constexpr std::string_view kFor = "for ";
    if (!rest.starts_with(kFor)) return {std::move(platform), {}, std::string(rest)};
    auto [target, id] = cut(rest.substr(kFor.size()));
    return {std::move(platform), std::move(target), std::string(id)};
}

std::string mount_name(const runtime::StoredItem& mount) {
    const std::string instance(base_name(mount.path));
    return instance == "0" ? mount.digest.short_hex() : format("{}/{}", mount.digest.short_hex(), instance);
}

Filtered as_filtered(const runtime::StoredItem& mount) {
    return {{"mount"}, {}, about_mount(mount).platform, mount.bytes, mount.used, mount.in_use};
}

OrderedJson instructions_json(const std::vector<InstructionId>& instructions) {
    OrderedJson out = OrderedJson::array();
    for (const InstructionId& id : instructions)
        out.push_back({{"target", id.target},
                       {"stage", id.stage},
                       {"platform", format_platform(id.platform)},
                       {"kind", id.kind},
                       {"ordinal", id.ordinal}});
    return out;
}

}  // namespace mabplan::tools
