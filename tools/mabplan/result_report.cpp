#include "tools/mabplan/result_report.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/oci/descriptor.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <cstdio>
#include <filesystem>

namespace mabplan::tools {

namespace {

OrderedJson target_json(const runtime::TargetReport& target) {
    OrderedJson images = OrderedJson::array();
    for (const runtime::ImageReport& image : target.images)
        images.push_back(
            {{"platform", format_platform(image.platform)}, {"digest", image.manifest.text()}, {"config", image.config.text()}});
    OrderedJson destinations = OrderedJson::array(), outputs = OrderedJson::array();
    for (const runtime::WrittenOutput& output : target.written) {
        destinations.push_back(output.destination);
        OrderedJson line{{"destination", output.destination}};
        if (!output.index.empty()) line["digest"] = output.index.text();
        outputs.push_back(std::move(line));
    }
    return {{"name", target.name},         {"digest", target.index.text()},      {"tags", target.tags},
            {"images", std::move(images)}, {"written", std::move(destinations)}, {"outputs", std::move(outputs)}};
}

// "target sha256:… -> a, b", and a line for each output that holds something else, as another compression does.
std::string target_lines(const runtime::TargetReport& target) {
    std::string text = target.name, others;
    std::vector<std::string> same;
    for (const runtime::WrittenOutput& output : target.written) {
        if (output.index.empty() || output.index == target.index) same.push_back(output.destination);
        else others += format("{} {} -> {}\n", target.name, output.index.text(), output.destination);
    }
    if (!target.index.empty()) text += " " + target.index.text();
    else if (target.written.empty()) text += ": built into the store";
    if (!same.empty()) text += format(" -> {}", join(same, ", "));
    return text + "\n" + others;
}

// What emulation cost, where it is worth a word.
std::string tax_lines(const runtime::RunReport& report) {
    std::string text;
    for (const runtime::EmulationTax& tax : report.taxes)
        if (const std::string words = runtime::tax_in_words(tax); !words.empty()) text += words + "\n";
    return text;
}

OrderedJson tax_json(const runtime::EmulationTax& tax) {
    return {{"platform", format_platform(tax.platform)},
            {"emulated_seconds", tax.emulated_seconds},
            {"seconds", tax.seconds},
            {"stage", tax.stage},
            {"stage_seconds", tax.stage_seconds}};
}

std::string nothing_to_do(std::size_t cached) {
    if (cached == 0) return "nothing to do\n";
    return cached == 1 ? "nothing to do: 1 action is cached\n" : format("nothing to do: all {} actions are cached\n", cached);
}

}  // namespace

Status forget_result_files(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
        std::error_code failed;
        if (file.empty() || !std::filesystem::is_regular_file(file, failed)) continue;
        if (runtime::is_a_stream(file)) continue;  // /dev/stdout and its like stay, whatever they lead to; and so does a link
        const std::filesystem::path real = std::filesystem::canonical(file, failed);
        if (!failed) std::filesystem::remove(real, failed);
        if (failed) return runtime::system_error(failed.value(), "remove", file, ErrorKind::Input);
    }
    return {};
}

Status check_result_file(std::string_view flag, const std::string& file) {
    const auto refuse = [&](std::string_view what, std::string hint) {
        return fail(ErrorKind::Input, format("{} {}: {}", flag, quoted(file), what), std::move(hint));
    };
    if (file.empty() || runtime::is_a_stream(file)) return {};
    if (runtime::is_directory(file)) return refuse("a folder is there, and a file is to be written", "name a file in it");
    const std::string folder(parent_path(runtime::behind_links(file)));
    if (!runtime::path_exists(folder))
        return refuse(format("there is no folder {}", quoted(folder)), format("make it first: mkdir -p {}", folder));
    if (!runtime::is_directory(folder)) return refuse(format("{} is no folder", quoted(folder)), {});
    return {};
}

void print_summary(const runtime::RunReport& report, Progress progress) {
    if (progress == Progress::Quiet || progress == Progress::RawJson) return;
    std::string text;
    for (const runtime::TargetReport& target : report.targets) text += target_lines(target);
    if (report.executed == 0 && report.failures.empty()) text += nothing_to_do(report.cached);
    else
        text += format("{} executed ({} emulated), {} cached, {} failed\n", report.executed, report.emulated, report.cached,
                       report.failures.size());
    std::fputs((text + tax_lines(report)).c_str(), stderr);
}

std::string result_json(const runtime::RunReport& report) {
    OrderedJson targets = OrderedJson::array(), taxes = OrderedJson::array();
    for (const runtime::TargetReport& target : report.targets) targets.push_back(target_json(target));
    for (const runtime::EmulationTax& tax : report.taxes) taxes.push_back(tax_json(tax));
    const OrderedJson out{{"schema", "mabplan-result-1"}, {"targets", std::move(targets)}, {"cached", report.cached},
                          {"executed", report.executed},  {"emulated", report.emulated},   {"failed", report.failures.size()},
                          {"emulation", std::move(taxes)}};
    return dump_json_pretty(out);
}

std::string image_id(const runtime::TargetReport& target) {
    return target.images.size() == 1 ? target.images.front().config.text() : target.index.text();
}

Status write_result_files(const runtime::RunReport& report, const std::string& metadata_file, const std::string& iid_file) {
    if (report.targets.empty()) return {};
    const runtime::TargetReport& first = report.targets.front();
    if (!iid_file.empty()) MABPLAN_CHECK(runtime::write_file(iid_file, image_id(first)));
    if (metadata_file.empty()) return {};
    OrderedJson platforms = OrderedJson::object();
    for (const runtime::ImageReport& image : first.images) platforms[format_platform(image.platform)] = image.manifest.text();
    OrderedJson out{
        {"containerimage.digest", first.index.text()},
        {"containerimage.descriptor", {{"mediaType", media_type::kIndex}, {"digest", first.index.text()}, {"size", first.index_size}}},
        {"mabplan.platforms", std::move(platforms)}};
    if (first.images.size() == 1) out["containerimage.config.digest"] = first.images.front().config.text();
    if (!first.names.empty()) out["image.name"] = format("{}", join(first.names, ","));
    return runtime::write_file(metadata_file, dump_json_pretty(out));
}

}  // namespace mabplan::tools
