// A finished run in words and as JSON.
#pragma once

#include "runtime/run.h"
#include "tools/mabplan/command_line.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::tools {

// To standard error: what was done, each index with where it lies, and what emulation cost.
void print_summary(const runtime::RunReport& report, Progress progress);
// Stable: {"schema": "mabplan-result-1", "targets": […], "cached": n, "executed": n, "emulated": n, "failed": n, "emulation": […]}
std::string result_json(const runtime::RunReport& report);
// Before anything else: a run that fails leaves none of an earlier one. Empty names and what is no file are left alone; of a link what it
// leads to goes, and the link stays.
Status forget_result_files(const std::vector<std::string>& files);
// Whether the file of a flag can be written at all, said before the build: an Input error where a folder is there, or none to be written
// into. Fine for an empty name.
Status check_result_file(std::string_view flag, const std::string& file);
// What docker calls the id of the image: the digest of its configuration; of several images that of their index.
std::string image_id(const runtime::TargetReport& target);
// `--metadata-file` with buildx's keys, `--iidfile` with the id of the first target. Empty names write nothing.
Status write_result_files(const runtime::RunReport& report, const std::string& metadata_file, const std::string& iid_file);

}  // namespace mabplan::tools
