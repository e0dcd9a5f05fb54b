// cache export, cache import.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/cache_exchange.h"
#include "runtime/output/archive_file.h"
#include "runtime/sys/named_file.h"
#include "tools/mabplan/console.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/plan_file.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/store_namespace.h"
#include "tools/mabplan/verbs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace mabplan::tools {

namespace {

// By its name, as `tar` and docker have it; what is there already says it itself.
bool is_a_tar(const std::string& place) {
    struct stat facts {};
    if (place == "-") return true;
    if (::stat(place.c_str(), &facts) == 0) return !S_ISDIR(facts.st_mode);
    return place.ends_with(".tar");
}

void tell(const runtime::ExchangeReport& report, const CommonOptions& common, const std::string& done, bool silent) {
    for (const std::string& note : report.notes) print_warning(note);
    if (common.json) {
        const OrderedJson out{{"schema", "mabplan-cache-exchange-1"},
                              {"results", report.results},
                              {"layers", report.layers},
                              {"blobs", report.blobs},
                              {"bytes", report.bytes},
                              {"mounts", report.mounts},
                              {"known", report.known},
                              {"notes", report.notes}};
        std::fputs(dump_json_pretty(out).c_str(), stdout);
        return;
    }
    const std::string mounts = report.mounts == 0 ? "" : format(", {} cache mounts", report.mounts);
    const std::string known = report.known == 0 ? "" : format("; {} were there already", report.known);
    const std::string text = format("{}: {} results, {} layers{}, {} in {} files{}\n", done, report.results, report.layers, mounts,
                                    format_bytes(report.bytes), report.blobs, known);
    std::fputs(text.c_str(), silent ? stderr : stdout);
}

Status export_to(const CacheExportOptions& options) {
    MABPLAN_CHECK(change_directory(options.common.directory));
    const bool to_stdout = options.place == "-";
    if (to_stdout && options.common.json) return fail(ErrorKind::Input, "the tar and --json are both to be written to standard output");
    if (to_stdout && ::isatty(STDOUT_FILENO) != 0)
        return fail(ErrorKind::Input, "a tar is not written to a terminal", "redirect it, or name a file");
    std::optional<Plan> plan;
    if (!options.plan.empty()) {
        MABPLAN_TRY(read, read_plan_file(options.plan));
        plan = std::move(read);
    }
    Interrupts interrupts;
    MABPLAN_TRY(store, open_store(options.common));
    enter_store_namespace();
    const runtime::ExportChoice choice{plan ? &*plan : nullptr, options.mounts};
    runtime::ExchangeReport report;
    if (is_a_tar(options.place)) {
        MABPLAN_CHECK(runtime::write_archive(options.place, &interrupts.stop(), [&](runtime::ByteSink& out) -> Status {
            MABPLAN_TRY(done, runtime::export_cache_to_tar(*store, choice, out, interrupts.stop()));
            report = std::move(done);
            return {};
        }));
    } else {
        MABPLAN_TRY(done, runtime::export_cache_to_folder(*store, choice, options.place, interrupts.stop()));
        report = std::move(done);
    }
    tell(report, options.common, "exported", to_stdout);
    return {};
}

Result<runtime::ExchangeReport> import_from(const CacheImportOptions& options, runtime::Store& store, const runtime::Stop& stop) {
    if (options.place == "-") {
        if (::isatty(STDIN_FILENO) != 0)
            return fail(ErrorKind::Input, "standard input is a terminal, and no tar", "name a folder or a file");
        return runtime::import_cache_from_tar(store, runtime::read_from(::dup(STDIN_FILENO), "standard input", &stop), "standard input",
                                              stop);
    }
    if (!is_a_tar(options.place)) return runtime::import_cache_from_folder(store, options.place, stop);
    MABPLAN_TRY(file, runtime::open_to_read(options.place, ErrorKind::Input));
    return runtime::import_cache_from_tar(store, runtime::read_from(file.release(), options.place, &stop), options.place, stop);
}

Status import_to(const CacheImportOptions& options) {
    MABPLAN_CHECK(change_directory(options.common.directory));
    Interrupts interrupts;
    MABPLAN_TRY(store, open_store(options.common));
    enter_store_namespace();
    MABPLAN_TRY(report, import_from(options, *store, interrupts.stop()));
    tell(report, options.common, "imported", false);
    return {};
}

}  // namespace

int cache_export_verb(const CacheExportOptions& options) {
    const Status done = export_to(options);
    return done ? 0 : report(done.error());
}

int cache_import_verb(const CacheImportOptions& options) {
    const Status done = import_to(options);
    return done ? 0 : report(done.error());
}

}  // namespace mabplan::tools
