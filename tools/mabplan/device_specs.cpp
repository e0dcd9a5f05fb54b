#include "tools/mabplan/device_specs.h"

#include "compiler/matrix/yaml_document.h"
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/process.h"

#include <algorithm>
#include <filesystem>

namespace mabplan::tools {

namespace {

// Plain texts of YAML that are numbers and truth values in its JSON schema are so here.
Json json_of(const compiler::YamlNode& node) {
    switch (node.kind) {
        case compiler::YamlKind::Null: return nullptr;
        case compiler::YamlKind::Sequence: {
            Json list = Json::array();
            for (const compiler::YamlNode& item : node.items) list.push_back(json_of(item));
            return list;
        }
        case compiler::YamlKind::Map: {
            Json map = Json::object();
            for (const compiler::YamlEntry& entry : node.entries) map[entry.key] = json_of(entry.value);
            return map;
        }
        case compiler::YamlKind::Scalar: break;
    }
    if (node.quoted) return node.text;
    if (const auto number = parse_signed(node.text)) return *number;
    if (node.text == "true" || node.text == "false") return node.text == "true";
    return node.text;
}

Result<std::vector<runtime::CdiDevice>> read_spec(const std::string& path) {
    MABPLAN_TRY(text, runtime::read_file(path));
    MABPLAN_TRY(document, compiler::parse_yaml(std::make_shared<SourceText>(path, text)));
    return runtime::read_cdi_spec(dump_json(json_of(document)), path);
}

std::vector<std::string> spec_files(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const std::string path = at->path().string();
        if (path.ends_with(".json") || path.ends_with(".yaml") || path.ends_with(".yml")) files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

void add_spec(const std::string& path, runtime::HostDevices& host) {
    auto devices = read_spec(path);
    if (!devices) {
        host.faults.push_back(format("{}: {}", path, devices.error().message));
        return;
    }
    for (runtime::CdiDevice& device : *devices) {
        std::erase_if(host.known, [&](const runtime::CdiDevice& other) { return other.full_name() == device.full_name(); });
        host.known.push_back(std::move(device));
    }
}

}  // namespace

runtime::HostDevices host_devices(const std::vector<std::string>& allowed) {
    runtime::HostDevices host;
    const std::string named = ProcessEnvironment().get("MABPLAN_CDI_PATH").value_or("/etc/cdi:/var/run/cdi");
    for (const std::string_view folder : split(named, ':'))
        if (!folder.empty()) host.folders.emplace_back(folder);
    for (const std::string& folder : host.folders)
        for (const std::string& path : spec_files(folder)) add_spec(path, host);
    for (const std::string& name : allowed) {
        if (name.empty()) host.allows_all = true;
        else host.allowed.push_back(name);
    }
    return host;
}

}  // namespace mabplan::tools
