// cache mounts ls, show, rm: what commands keep for the next time.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/file.h"
#include "runtime/sys/wall_clock.h"
#include "tools/mabplan/amounts.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/standard_output.h"
#include "tools/mabplan/store_namespace.h"
#include "tools/mabplan/stored_results.h"
#include "tools/mabplan/verbs.h"
#include "tools/terminal/table.h"

#include <algorithm>
#include <iterator>

namespace mabplan::tools {

namespace {

using Mounts = std::vector<runtime::StoredItem>;

OrderedJson as_json(const runtime::StoredItem& mount) {
    const MountAbout about = about_mount(mount);
    return {{"name", mount_name(mount)},
            {"key", mount.digest.text()},
            {"platform", about.platforms()},
            {"id", about.id},
            {"bytes", mount.bytes},
            {"files", mount.inodes},
            {"used", mount.used},
            {"in_use", mount.in_use},
            {"path", mount.path + "/fs"}};
}

// By its id: all that have it. Else by the start of a key, with the instance behind it: all instances of the one key that begins so.
Result<Mounts> named_mounts(const Mounts& mounts, const std::string& word) {
    Mounts found;
    std::copy_if(mounts.begin(), mounts.end(), std::back_inserter(found), [&](const auto& mount) { return about_mount(mount).id == word; });
    if (!found.empty()) return found;
    const std::string key = word.starts_with("sha256:") ? word.substr(7) : word;
    const std::size_t slash = key.find('/');
    std::copy_if(mounts.begin(), mounts.end(), std::back_inserter(found), [&](const auto& mount) {
        return slash >= 4 && key.size() >= 4 && mount.digest.hex().starts_with(key.substr(0, slash)) &&
               (slash == std::string::npos || base_name(mount.path) == key.substr(slash + 1));
    });
    const char* hint = "`mabplan cache mounts ls` lists them";
    if (found.empty()) return fail(ErrorKind::Input, format("there is no cache mount {}", quoted(word)), hint);
    if (std::any_of(found.begin(), found.end(), [&](const auto& mount) { return mount.digest != found.front().digest; }))
        return fail(ErrorKind::Input, format("{} begins the names of several cache mounts", quoted(word)), hint);
    return found;
}

Status list(const CacheMountOptions& options, const Mounts& mounts) {
    if (options.common.json) {
        OrderedJson out = OrderedJson::array();
        for (const runtime::StoredItem& mount : mounts) out.push_back(as_json(mount));
        put_out(dump_json_pretty(OrderedJson{{"schema", "mabplan-cache-mounts-1"}, {"mounts", std::move(out)}}));
        return {};
    }
    Table table({{"mount"}, {"size", Align::Right}, {"files", Align::Right}, {"used"}, {"platform"}, {"id"}, {""}});
    const std::int64_t now = runtime::host_clock().seconds();
    for (const runtime::StoredItem& mount : mounts) {
        const MountAbout about = about_mount(mount);
        table.add({mount_name(mount), format_bytes(mount.bytes), format("{}", mount.inodes), age_text(now - mount.used) + " ago",
                   about.platforms(), about.id, mount.in_use ? "in use" : ""});
    }
    put_out(table.text(width_of_standard_output()));
    return {};
}

// What lies at its top, the largest first.
Status show(const CacheMountOptions& options, const Mounts& mounts) {
    OrderedJson out = OrderedJson::array();
    for (const runtime::StoredItem& mount : mounts) {
        const auto names = runtime::list_names(mount.path + "/fs").value_or(std::vector<std::string>());  // it may not be filled yet
        std::vector<std::pair<std::uint64_t, std::string>> entries;
        for (const std::string& name : names) entries.emplace_back(runtime::disk_use(format("{}/fs/{}", mount.path, name)).bytes, name);
        std::sort(entries.begin(), entries.end(),
                  [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
        if (options.common.json) {
            OrderedJson one = as_json(mount), inside = OrderedJson::array();
            for (const auto& [bytes, name] : entries) inside.push_back({{"name", name}, {"bytes", bytes}});
            one["entries"] = std::move(inside);
            out.push_back(std::move(one));
            continue;
        }
        const MountAbout about = about_mount(mount);
        put_out(
            format("mount     {}\nid        {}\nplatform  {}\nsize      {}, {} files and folders\nused      {} ago{}\nfolder    {}/fs\n",
                   mount_name(mount), about.id, about.platforms(), format_bytes(mount.bytes), mount.inodes,
                   age_text(runtime::host_clock().seconds() - mount.used), mount.in_use ? ", and in use now" : "", mount.path));
        Table table({{"size", Align::Right}, {"holds"}});
        for (const auto& [bytes, name] : entries) table.add({format_bytes(bytes), name});
        put_out(table.text(width_of_standard_output()));
    }
    if (options.common.json) put_out(dump_json_pretty(OrderedJson{{"schema", "mabplan-cache-mounts-1"}, {"mounts", std::move(out)}}));
    return {};
}

Status remove(const CacheMountOptions& options, const runtime::Store& store, const Mounts& mounts) {
    std::uint64_t removed = 0, bytes = 0;
    std::vector<std::string> in_use;
    for (const runtime::StoredItem& mount : mounts) {
        MABPLAN_TRY(removal, store.remove_cache(mount.path));
        if (removal == runtime::Store::Removal::InUse) in_use.push_back(mount_name(mount));
        if (removal != runtime::Store::Removal::Done) continue;
        ++removed;
        bytes += mount.bytes;
    }
    if (options.common.json)
        put_out(dump_json_pretty(
            OrderedJson{{"schema", "mabplan-cache-mounts-removed-1"}, {"removed", removed}, {"bytes", bytes}, {"in_use", in_use}}));
    else put_out(format("removed {} cache mounts, {} freed\n", removed, format_bytes(bytes)));
    if (in_use.empty()) return {};
    return fail(ErrorKind::Environment, format("in use by a build that goes on, and left: {}", join(in_use, ", ")),
                "remove them when it has ended");
}

Status act(const CacheMountOptions& options) {
    using What = CacheMountOptions::What;
    MABPLAN_CHECK(change_directory(options.common.directory));
    MABPLAN_TRY(filter, CacheFilter::parse(options.filters, runtime::host_clock().seconds(), runtime::host_platform()));
    MABPLAN_TRY(store, open_store(options.common));
    enter_store_namespace();
    MABPLAN_TRY(all, runtime::list_cache_mounts(*store));
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.used > b.used; });
    Mounts chosen;
    for (const std::string& word : options.mounts) {
        MABPLAN_TRY(found, named_mounts(all, word));
        for (runtime::StoredItem& mount : found)
            if (std::none_of(chosen.begin(), chosen.end(), [&](const auto& other) { return other.path == mount.path; }))
                chosen.push_back(std::move(mount));
    }
    const bool takes_all = options.mounts.empty() && (options.what == What::List || options.all || !options.filters.empty());
    if (takes_all) chosen = std::move(all);
    else if (options.mounts.empty())
        return fail(ErrorKind::Input, "which cache mount?",
                    options.what == What::Remove ? "name one, or --all" : "name one: `mabplan cache mounts ls`");
    std::erase_if(chosen, [&](const runtime::StoredItem& mount) { return !filter.fits(as_filtered(mount)); });
    switch (options.what) {
        case What::List: return list(options, chosen);
        case What::Show: return show(options, chosen);
        case What::Remove: break;
    }
    return remove(options, *store, chosen);
}

}  // namespace

int cache_mounts_verb(const CacheMountOptions& options) {
    const Status done = act(options);
    return done ? 0 : report(done.error());
}

}  // namespace mabplan::tools
