// mabplan: from words to verbs.
#include "plans/base/format.h"
#include "plans/base/overloaded.h"
#include "runtime/sys/process_limit.h"
#include "tools/mabplan/console.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/result_report.h"
#include "tools/mabplan/standard_output.h"
#include "tools/mabplan/verbs.h"

#include <clocale>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <variant>

namespace {

using namespace mabplan;
using namespace mabplan::tools;

int dispatch(const Invocation& invocation) {
    return std::visit(Overloaded{
                          [](const CompileOptions& options) { return compile_verb(options); },
                          [](const RunOptions& options) { return run_verb(options); },
                          [](const BuildOptions& options) { return build_verb(options); },
                          [](const CheckOptions& options) { return check_verb(options); },
                          [](const ImageInspectOptions& options) { return image_inspect_verb(options); },
                          [](const ImageTransferOptions& options) { return image_transfer_verb(options); },
                          [](const ImageMergeOptions& options) { return image_merge_verb(options); },
                          [](const ImageLoadOptions& options) { return image_load_verb(options); },
                          [](const ImageListOptions& options) { return image_list_verb(options); },
                          [](const ImageTagOptions& options) { return image_tag_verb(options); },
                          [](const ImageRemoveOptions& options) { return image_remove_verb(options); },
                          [](const ImageDiffOptions& options) { return image_diff_verb(options); },
                          [](const LoginOptions& options) { return login_verb(options); },
                          [](const ImageRunOptions& options) { return image_run_verb(options); },
                          [](const StepRunOptions& options) { return step_run_verb(options); },
                          [](const CacheListOptions& options) { return cache_list_verb(options); },
                          [](const CacheUsageOptions& options) { return cache_usage_verb(options); },
                          [](const CachePruneOptions& options) { return cache_prune_verb(options); },
                          [](const CacheVerifyOptions& options) { return cache_verify_verb(options); },
                          [](const CacheShowOptions& options) { return cache_show_verb(options); },
                          [](const CacheExportOptions& options) { return cache_export_verb(options); },
                          [](const CacheImportOptions& options) { return cache_import_verb(options); },
                          [](const CacheMountOptions& options) { return cache_mounts_verb(options); },
                          [](const HistoryOptions& options) { return history_verb(options); },
                          [](const DoctorOptions& options) { return doctor_verb(options); },
                          [](const DumpOptions& options) { return dump_verb(options); },
                          [](const HelpOptions& options) { return help_verb(options); },
                          [](const TextAnswer& answer) {
                              std::fputs(answer.text.c_str(), stdout);
                              return 0;
                          },
                      },
                      invocation);
}

// Files of an earlier run go away with words that no run comes of, too.
int refuse(const Error& error, const std::optional<RefusedRun>& run) {
    const int code = report(error);
    if (!run || run->result_files.empty()) return code;
    auto forgotten = change_directory(run->directory);
    if (forgotten) forgotten = forget_result_files(run->result_files);
    if (!forgotten) report(forgotten.error());
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    occupy_standard_descriptors();
    mabplan::runtime::raise_file_limit();
    mabplan::runtime::keep_freed_memory();
    std::signal(SIGXFSZ, [](int) {});  // what writes too much is told so, and says it
    try {
        auto invocation = parse_command_line(argc, argv);
        if (invocation)
            if (auto settled = settle_progress(*invocation, process_variables()); !settled) invocation = fail(settled.error());
        const int code = invocation ? dispatch(*invocation) : refuse(invocation.error(), read_refused_run(argc, argv));
        const auto written = finish_standard_output();
        const int lost = written ? 0 : report(written.error());
        return code == 0 ? lost : code;
    } catch (const std::exception& thrown) {
        return report(Error{ErrorKind::Internal,
                            format("a fault of mabplan: {}", thrown.what()),
                            {},
                            {},
                            "please report it with the command that led here"});
    }
}
