// cache prune.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/store/prune.h"
#include "runtime/sys/wall_clock.h"
#include "tools/mabplan/amounts.h"
#include "tools/mabplan/console.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/store_namespace.h"
#include "tools/mabplan/verbs.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <iostream>

namespace mabplan::tools {

namespace {

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

// "until=48h", as docker has it, and "kind=blob"; docker's own words for kinds, too.
Status add_filter(const std::string& text, runtime::PruneLimits& limits) {
    using runtime::ItemKind;
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals), value = equals == std::string::npos ? "" : text.substr(equals + 1);
    if (name == "until") {
        MABPLAN_TRY(seconds, parse_age(value));
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
        MABPLAN_TRY(bytes, parse_amount("--max-used-space", options.max_used_space));
        limits.max_bytes = bytes;
    }
    if (!options.min_free_space.empty()) {
        MABPLAN_TRY(bytes, parse_amount("--min-free-space", options.min_free_space));
        limits.min_free = bytes;
    }
    if (!options.keep_duration.empty()) {
        MABPLAN_TRY(seconds, parse_age(options.keep_duration));
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
    enter_store_namespace();
    if (auto swept = (*store)->sweep(); !swept) print_warning(format_error(swept.error()));
    Interrupts interrupts;
    const auto pruned = runtime::prune_store(**store, *limits, &interrupts.stop());
    return pruned ? report_pruned(*pruned, options) : report(pruned.error());
}

}  // namespace mabplan::tools
