// A finished run in words and as JSON.
#pragma once

#include "runtime/run.h"
#include "tools/mabplan/command_line.h"

#include <string>
#include <vector>

namespace mabplan::tools {

// To standard error: what was done, each index with where it lies, and what emulation cost.
void print_summary(const runtime::RunReport& report, Progress progress);
// Stable: {"schema": "mabplan-result-1", "targets": […], "cached": n, "executed": n, "emulated": n, "failed": n, "emulation": […]}
std::string result_json(const runtime::RunReport& report);
// Before anything else: a run that fails leaves none of an earlier one. Empty names, links and what is no file are left alone.
Status forget_result_files(const std::vector<std::string>& files);
// `--metadata-file` with buildx's keys, `--iidfile` with the digest of the first target's index. Empty names write nothing.
Status write_result_files(const runtime::RunReport& report, const std::string& metadata_file, const std::string& iid_file);

}  // namespace mabplan::tools
