// cache verify: all that the store holds against what it should be.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/verify_store.h"
#include "tools/mabplan/console.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/verbs.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace mabplan::tools {

namespace {

// A line in place on a terminal, and nothing elsewhere.
class ProgressLine {
public:
    void tell(const std::string& what) {
        const auto now = std::chrono::steady_clock::now();
        if (!is_terminal_ || now - told_ < std::chrono::milliseconds(100)) return;
        told_ = now;
        std::fputs(format("\r\033[K{}", what).c_str(), stderr);
        has_line_ = true;
    }
    ~ProgressLine() {
        if (has_line_) std::fputs("\r\033[K", stderr);
    }

private:
    bool is_terminal_ = ::isatty(STDERR_FILENO) != 0;
    bool has_line_ = false;
    std::chrono::steady_clock::time_point told_;
};

void show(const runtime::VerifyReport& found, const CacheVerifyOptions& options) {
    if (options.common.json) {
        const OrderedJson out{{"schema", "mabplan-verify-1"}, {"blobs", found.blobs},     {"snapshots", found.snapshots},
                              {"results", found.results},     {"bytes", found.bytes},     {"unknown", found.unknown},
                              {"damage", found.damage},       {"lasting", found.lasting}, {"repaired", options.repair}};
        std::fputs(dump_json_pretty(out).c_str(), stdout);
        return;
    }
    for (const auto* list : {&found.damage, &found.lasting})
        for (const std::string& each : *list) std::fputs((each + "\n").c_str(), stdout);
    std::string text = format("{} blobs, {} unpacked layers, {} results, {} read: ", found.blobs, found.snapshots, found.results,
                              format_bytes(found.bytes));
    if (found.damage.empty()) text += found.lasting.empty() ? "all is as it should be\n" : "";
    else
        text += format("{} damaged{}\n", found.damage.size(),
                       options.repair ? ", and taken out: what needs them makes or fetches them again" : "");
    if (!found.lasting.empty())
        text += format("{} are of the store itself, and stay: a new store is made where this one is deleted\n", found.lasting.size());
    if (!found.unknown.empty())
        text += format("{} layers of bases were compared by names, sizes and times alone: their images are not in the store\n",
                       found.unknown.size());
    std::fputs(text.c_str(), stdout);
}

Result<int> verify(const CacheVerifyOptions& options) {
    MABPLAN_CHECK(change_directory(options.common.directory));
    MABPLAN_TRY(store, open_store(options.common));
    if (auto entered = runtime::enter_user_namespace(); !entered) print_warning(format_error(entered.error()));
    Interrupts interrupts;
    ProgressLine progress;
    const auto repair = options.repair ? runtime::Repair::Yes : runtime::Repair::No;
    MABPLAN_TRY(found, runtime::verify_store(*store, repair, interrupts.stop(), [&](const std::string& what) { progress.tell(what); }));
    show(found, options);
    const bool can_be_repaired = !found.damage.empty() && !options.repair;
    const bool is_damaged = can_be_repaired || !found.lasting.empty();
    if (can_be_repaired && !options.common.json) std::fputs("`mabplan cache verify --repair` takes them out\n", stderr);
    return is_damaged ? exit_code(ErrorKind::Verify) : 0;
}

}  // namespace

int cache_verify_verb(const CacheVerifyOptions& options) {
    const auto code = verify(options);
    return code ? *code : report(code.error());
}

}  // namespace mabplan::tools
