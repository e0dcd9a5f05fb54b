// One function a verb. Each prints its errors and returns the exit code.
#pragma once

#include "tools/mabplan/command_line.h"

namespace mabplan::tools {

int compile_verb(const CompileOptions& options);
int run_verb(const RunOptions& options);
int build_verb(const BuildOptions& options);
int check_verb(const CheckOptions& options);
int image_inspect_verb(const ImageInspectOptions& options);
int image_transfer_verb(const ImageTransferOptions& options);
int image_merge_verb(const ImageMergeOptions& options);
int image_load_verb(const ImageLoadOptions& options);
int image_list_verb(const ImageListOptions& options);
int image_tag_verb(const ImageTagOptions& options);
int image_remove_verb(const ImageRemoveOptions& options);
int image_diff_verb(const ImageDiffOptions& options);
int login_verb(const LoginOptions& options);
int image_run_verb(const ImageRunOptions& options);
int step_run_verb(const StepRunOptions& options);
int cache_list_verb(const CacheListOptions& options);
int cache_usage_verb(const CacheUsageOptions& options);
int cache_prune_verb(const CachePruneOptions& options);
int cache_verify_verb(const CacheVerifyOptions& options);
int cache_show_verb(const CacheShowOptions& options);
int cache_export_verb(const CacheExportOptions& options);
int cache_import_verb(const CacheImportOptions& options);
int cache_mounts_verb(const CacheMountOptions& options);
int history_verb(const HistoryOptions& options);
int doctor_verb(const DoctorOptions& options);
int dump_verb(const DumpOptions& options);
int help_verb(const HelpOptions& options);

}  // namespace mabplan::tools
