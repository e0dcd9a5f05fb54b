// cache ls, cache du, cache prune.
#include "compiler/matrix/units.h"
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/store/prune.h"
#include "runtime/sys/wall_clock.h"
#include "tools/mabplan/console.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/verbs.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <iostream>

namespace mabplan::tools {

namespace {

std::string age(std::int64_t seconds) {
    if (seconds < 120) return format("{} s", std::max<std::int64_t>(seconds, 0));
    if (seconds < 7200) return format("{} min", seconds / 60);
    if (seconds < 172800) return format("{} h", seconds / 3600);
    return format("{} d", seconds / 86400);
}

// "90s", "48h", "7d": seconds.
Result<std::int64_t> parse_duration(const std::string& text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    const auto number = parse_unsigned(text.substr(0, end));
    const std::string unit = end == std::string::npos ? "" : text.substr(end);
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits{{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
    for (const auto& [name, factor] : kUnits)
        if (number && unit == name && *number <= static_cast<std::uint64_t>(INT64_MAX / factor))
            return static_cast<std::int64_t>(*number) * factor;
    return input_error(format("{} is no duration: expected a number with s, m, h or d", quoted(text)));
}

Result<bool> confirmed(const CachePruneOptions& options) {
    if (options.force) return true;
    const char* what = options.all ? "everything from the store" : "everything from the store but images with a name";
    if (::isatty(STDIN_FILENO) == 0)
        return fail(ErrorKind::Input, format("this would remove {}, and there is no terminal to ask", what),
                    "add --force, or a limit: --max-used-space, --min-free-space, --keep-duration");
    std::fputs(format("Remove {}? [y/N] ", what).c_str(), stderr);
    std::string answer;
    std::getline(std::cin, answer);
    return to_lower(trim(answer)).starts_with("y");
}

Result<std::uint64_t> size_of_flag(std::string_view flag, const std::string& text) {
    const auto bytes = compiler::parse_size(text, compiler::SizeUnits::Decimal);
    if (bytes) return *bytes;
    return input_error(format("{} {}: expected a number with B, kB, MB, GB or KiB, MiB, GiB", flag, quoted(text)));
}

// "until=48h", as docker has it, and "kind=blob"; docker's own words for kinds, too.
Status add_filter(const std::string& text, runtime::PruneLimits& limits) {
    using runtime::ItemKind;
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals), value = equals == std::string::npos ? "" : text.substr(equals + 1);
    if (name == "until") {
        MABPLAN_TRY(seconds, parse_duration(value));
        limits.unused_since = runtime::host_clock().seconds() - seconds;
        return {};
    }
    constexpr std::array<std::pair<std::string_view, ItemKind>, 4> kKinds{{{"blob", ItemKind::Blob},
                                                                           {"layer", ItemKind::Snapshot},
                                                                           {"mount", ItemKind::CacheMount},
                                                                           {"exec.cachemount", ItemKind::CacheMount}}};
    const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& known) { return known.first == value; });
    if ((name != "kind" && name != "type") || kind == kKinds.end())
        return fail(ErrorKind::Input, format("--filter {} is not known", quoted(text)), "expected until=48h, or kind=blob, layer or mount");
    if (!limits.kinds) limits.kinds.emplace();
    limits.kinds->insert(kind->second);
    return {};
}

Result<runtime::PruneLimits> limits_of(const CachePruneOptions& options) {
    runtime::PruneLimits limits;
    limits.named_too = options.all;
    limits.dry_run = options.dry_run;
    if (!options.max_used_space.empty()) {
        MABPLAN_TRY(bytes, size_of_flag("--max-used-space", options.max_used_space));
        limits.max_bytes = bytes;
    }
    if (!options.min_free_space.empty()) {
        MABPLAN_TRY(bytes, size_of_flag("--min-free-space", options.min_free_space));
        limits.min_free = bytes;
    }
    if (!options.keep_duration.empty()) {
        MABPLAN_TRY(seconds, parse_duration(options.keep_duration));
        limits.unused_since = runtime::host_clock().seconds() - seconds;
    }
    for (const std::string& filter : options.filters) MABPLAN_CHECK(add_filter(filter, limits));
    return limits;
}

int report_pruned(const runtime::PruneReport& pruned, const CachePruneOptions& options) {
    const OrderedJson out{{"schema", "mabplan-prune-1"}, {"items", pruned.items},      {"bytes", pruned.bytes},
                          {"in_use", pruned.in_use},     {"dry_run", options.dry_run}, {"interrupted", pruned.interrupted}};
    const std::string kept = pruned.in_use == 0 ? "" : format("; {} are in use by another mabplan", pruned.in_use);
    const std::string done = options.dry_run ? format("{} items would go, {}\n", pruned.items, format_bytes(pruned.bytes))
                                             : format("removed {} items, {} freed{}\n", pruned.items, format_bytes(pruned.bytes), kept);
    const std::string text = options.common.json ? dump_json_pretty(out) : done;
    std::fputs(text.c_str(), stdout);
    return pruned.interrupted ? report(Error{ErrorKind::Interrupted, "interrupted: what was not removed is whole"}) : 0;
}

}  // namespace

int cache_list_verb(const CacheListOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    const auto rows = (*store)->records().list();
    if (!rows) return report(rows.error());
    OrderedJson out = OrderedJson::array();
    for (const runtime::ResultRow& row : *rows) {
        const char* kind = row.kind == runtime::KeyKind::Definition ? "definition" : "content";
        if (options.common.json) {
            out.push_back({{"key", row.key.text()},
                           {"kind", kind},
                           {"layer", row.result.diff_id.text()},
                           {"bytes", row.result.bytes},
                           {"seconds", row.result.seconds},
                           {"emulator", row.result.emulator},
                           {"origin", row.origin},
                           {"made", row.made},
                           {"used", row.used}});
        } else if (row.kind == runtime::KeyKind::Definition) {
            std::fputs(format("{}  {}  {:>9}  used {:>7} ago  {}\n", row.key.short_hex(), row.result.diff_id.short_hex(),
                              format_bytes(row.result.bytes), age(runtime::host_clock().seconds() - row.used), row.origin)
                           .c_str(),
                       stdout);
        }
    }
    // their files may belong to other ids of the user's: they are measured from inside
    static_cast<void>(runtime::enter_user_namespace());
    const auto mounts = runtime::list_cache_mounts(**store);
    if (!mounts) return report(mounts.error());
    OrderedJson caches = OrderedJson::array();
    for (const runtime::StoredItem& mount : *mounts) {
        if (options.common.json)
            caches.push_back({{"key", mount.digest.text()}, {"about", mount.about}, {"bytes", mount.bytes}, {"used", mount.used}});
        else
            std::fputs(format("{}  {:<12}  {:>9}  used {:>7} ago  {}\n", mount.digest.short_hex(), "cache mount", format_bytes(mount.bytes),
                              age(runtime::host_clock().seconds() - mount.used), mount.about)
                           .c_str(),
                       stdout);
    }
    if (options.common.json)
        std::fputs(
            dump_json_pretty(OrderedJson{{"schema", "mabplan-cache-1"}, {"results", std::move(out)}, {"cache_mounts", std::move(caches)}})
                .c_str(),
            stdout);
    return 0;
}

int cache_usage_verb(const CacheUsageOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    // snapshots may belong to other ids of the user's: they are seen from inside
    static_cast<void>(runtime::enter_user_namespace());
    const auto usage = runtime::measure_store(**store);
    if (!usage) return report(usage.error());
    if (options.common.json) {
        const OrderedJson out{{"schema", "mabplan-usage-1"},        {"store", (*store)->root()},
                              {"items", usage->items.size()},       {"blobs", usage->blob_bytes},
                              {"snapshots", usage->snapshot_bytes}, {"cache_mounts", usage->cache_mount_bytes},
                              {"records", usage->record_bytes},     {"total", usage->total()}};
        std::fputs(dump_json_pretty(out).c_str(), stdout);
        return 0;
    }
    std::fputs(format("{}\nblobs         {:>10}\nsnapshots     {:>10}\ncache mounts  {:>10}\nrecords       {:>10}\ntotal         {:>10}\n",
                      (*store)->root(), format_bytes(usage->blob_bytes), format_bytes(usage->snapshot_bytes),
                      format_bytes(usage->cache_mount_bytes), format_bytes(usage->record_bytes), format_bytes(usage->total()))
                   .c_str(),
               stdout);
    return 0;
}

int cache_prune_verb(const CachePruneOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    const auto limits = limits_of(options);
    if (!limits) return report(limits.error());
    if (!limits->is_bounded() && !limits->dry_run) {
        const auto agreed = confirmed(options);
        if (!agreed) return report(agreed.error());
        if (!*agreed) return 0;
    }
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    if (auto entered = runtime::enter_user_namespace(); !entered && ::geteuid() != 0) print_warning(format_error(entered.error()));
    if (auto swept = (*store)->sweep(); !swept) print_warning(format_error(swept.error()));
    Interrupts interrupts;
    const auto pruned = runtime::prune_store(**store, *limits, &interrupts.stop());
    return pruned ? report_pruned(*pruned, options) : report(pruned.error());
}

}  // namespace mabplan::tools
