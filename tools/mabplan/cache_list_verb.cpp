// cache ls and cache du: what is stored, and how much.
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/sys/wall_clock.h"
#include "tools/mabplan/amounts.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/standard_output.h"
#include "tools/mabplan/stored_results.h"
#include "tools/mabplan/verbs.h"
#include "tools/terminal/table.h"

#include <map>
#include <set>

namespace mabplan::tools {

namespace {

OrderedJson result_json(const StoredResult& result) {
    const runtime::ResultRow& row = result.row;
    return {{"key", row.key.text()},
            {"kind", runtime::key_kind_name(row.kind)},
            {"layer", row.result.diff_id.text()},
            {"bytes", row.result.bytes},
            {"seconds", row.result.seconds},
            {"emulator", row.result.emulator},
            {"origin", row.origin},
            {"made", row.made},
            {"used", row.used},
            {"in_use", result.in_use},
            {"instructions", instructions_json(result.instructions)}};
}

OrderedJson mount_json(const runtime::StoredItem& mount) {
    const MountAbout about = about_mount(mount);
    return {{"key", mount.digest.text()},
            {"name", mount_name(mount)},
            {"about", mount.about},
            {"platform", about.platforms()},
            {"id", about.id},
            {"bytes", mount.bytes},
            {"used", mount.used},
            {"in_use", mount.in_use}};
}

Status list(const CacheListOptions& options) {
    MABPLAN_CHECK(change_directory(options.common.directory));
    const std::int64_t now = runtime::host_clock().seconds();
    MABPLAN_TRY(filter, CacheFilter::parse(options.filters, now, runtime::host_platform()));
    MABPLAN_TRY(store, open_store(options.common));
    MABPLAN_TRY(results, stored_results(*store, options.common.json ? Contents::Listed : Contents::Left));
    // their files may belong to other ids of the user's: they are measured from inside
    static_cast<void>(runtime::enter_user_namespace());
    MABPLAN_TRY(mounts, runtime::list_cache_mounts(*store));
    std::erase_if(results, [&](const StoredResult& result) { return !filter.fits(result.as_filtered()); });
    std::erase_if(mounts, [&](const runtime::StoredItem& mount) { return !filter.fits(as_filtered(mount)); });
    if (options.common.json) {
        OrderedJson of_results = OrderedJson::array(), of_mounts = OrderedJson::array();
        for (const StoredResult& result : results) of_results.push_back(result_json(result));
        for (const runtime::StoredItem& mount : mounts) of_mounts.push_back(mount_json(mount));
        put_out(dump_json_pretty(
            OrderedJson{{"schema", "mabplan-cache-1"}, {"results", std::move(of_results)}, {"cache_mounts", std::move(of_mounts)}}));
        return {};
    }
    Table table({{"key"}, {"layer"}, {"size", Align::Right}, {"used"}, {"kind"}, {"platform"}, {"target"}, {"what"}});
    for (const StoredResult& result : results)
        table.add({result.row.key.short_hex(), result.row.result.diff_id.short_hex(), format_bytes(result.row.result.bytes),
                   age_text(now - result.row.used) + " ago", result.kind(), result.platforms(), result.targets(), result.row.origin});
    for (const runtime::StoredItem& mount : mounts)
        table.add({mount_name(mount), "", format_bytes(mount.bytes), age_text(now - mount.used) + " ago", "cache mount",
                   about_mount(mount).platforms(), "", about_mount(mount).id});
    put_out(table.text(width_of_standard_output()));
    return {};
}

// What belongs to each target and each platform. What several share counts for each of them.
struct Shares {
    std::map<std::string, std::uint64_t> targets, platforms;
    std::uint64_t of_none = 0;  // layers and documents of bases, files behind URLs
};

using Names = std::map<Digest, std::set<std::string>>;

void add_names(const std::vector<StoredResult>& results, const std::map<Digest, std::vector<Digest>>& forms, Names& targets,
               Names& platforms) {
    for (const StoredResult& result : results) {
        std::vector<Digest> digests{result.row.result.diff_id};
        if (const auto packed = forms.find(result.row.result.diff_id); packed != forms.end())
            digests.insert(digests.end(), packed->second.begin(), packed->second.end());
        for (const Digest& digest : digests)
            for (const InstructionId& id : result.instructions) {
                targets[digest].insert(id.target);
                platforms[digest].insert(format_platform(id.platform));
            }
    }
}

Result<Shares> shares_of(runtime::Store& store, const runtime::StoreUsage& usage) {
    MABPLAN_TRY(results, stored_results(store, Contents::Listed));
    std::map<Digest, std::vector<Digest>> forms;
    for (const StoredResult& result : results) {
        const Digest& diff_id = result.row.result.diff_id;
        if (forms.contains(diff_id)) continue;
        MABPLAN_TRY(packed, store.records().packed_forms(diff_id));
        for (const auto& [codec, layer] : packed) forms[diff_id].push_back(layer.digest);
    }
    Names targets, platforms;
    add_names(results, forms, targets, platforms);
    Shares shares;
    for (const runtime::StoredItem& item : usage.items) {
        if (item.kind == runtime::ItemKind::CacheMount) {
            shares.platforms[about_mount(item).platforms()] += item.bytes;
            continue;
        }
        const auto known = targets.find(item.digest);
        if (known == targets.end()) {
            shares.of_none += item.bytes;
            continue;
        }
        for (const std::string& target : known->second) shares.targets[target] += item.bytes;
        for (const std::string& platform : platforms[item.digest]) shares.platforms[platform] += item.bytes;
    }
    return shares;
}

OrderedJson shares_json(const std::map<std::string, std::uint64_t>& shares) {
    OrderedJson out = OrderedJson::object();
    for (const auto& [name, bytes] : shares) out[name] = bytes;
    return out;
}

std::string shares_text(const std::string& title, const std::map<std::string, std::uint64_t>& shares) {
    Table table({{title}, {"size", Align::Right}});
    for (const auto& [name, bytes] : shares) table.add({name, format_bytes(bytes)});
    return table.empty() ? std::string() : "\n" + table.text(width_of_standard_output());
}

Status show_usage(const CacheUsageOptions& options) {
    MABPLAN_CHECK(change_directory(options.common.directory));
    MABPLAN_TRY(store, open_store(options.common));
    // snapshots may belong to other ids of the user's: they are seen from inside
    static_cast<void>(runtime::enter_user_namespace());
    MABPLAN_TRY(usage, runtime::measure_store(*store));
    MABPLAN_TRY(shares, shares_of(*store, usage));
    if (options.common.json) {
        put_out(dump_json_pretty(OrderedJson{{"schema", "mabplan-usage-1"},
                                             {"store", store->root()},
                                             {"items", usage.items.size()},
                                             {"blobs", usage.blob_bytes},
                                             {"snapshots", usage.snapshot_bytes},
                                             {"cache_mounts", usage.cache_mount_bytes},
                                             {"records", usage.record_bytes},
                                             {"other", usage.other_bytes},
                                             {"total", usage.total()},
                                             {"targets", shares_json(shares.targets)},
                                             {"platforms", shares_json(shares.platforms)},
                                             {"of_no_target", shares.of_none}}));
        return {};
    }
    put_out(
        format("{}\nblobs         {:>10}\nsnapshots     {:>10}\ncache mounts  {:>10}\nrecords       {:>10}\nother         {:>10}\ntotal    "
               "     {:>10}\n",
               store->root(), format_bytes(usage.blob_bytes), format_bytes(usage.snapshot_bytes), format_bytes(usage.cache_mount_bytes),
               format_bytes(usage.record_bytes), format_bytes(usage.other_bytes), format_bytes(usage.total())));
    put_out(shares_text("target", shares.targets) + shares_text("platform", shares.platforms));
    if (!shares.targets.empty())
        put_out(
            format("\nWhat several share counts for each; bases, and all that belongs to no target: {}\n", format_bytes(shares.of_none)));
    return {};
}

}  // namespace

int cache_list_verb(const CacheListOptions& options) {
    const Status done = list(options);
    return done ? 0 : report(done.error());
}

int cache_usage_verb(const CacheUsageOptions& options) {
    const Status done = show_usage(options);
    return done ? 0 : report(done.error());
}

}  // namespace mabplan::tools
