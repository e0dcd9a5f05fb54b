#include "runtime/devices/cdi_spec.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace mabplan::runtime {

namespace {

constexpr const char* kClass = "org.mobyproject.buildkit.device.class";
constexpr const char* kAutoAllow = "org.mobyproject.buildkit.device.autoallow";

// Reads members of one document; the first thing that is wrong is kept.
class SpecReader {
public:
    explicit SpecReader(std::string_view file) : file_(file) {}

    Result<std::vector<CdiDevice>> read(const Json& document) {
        const std::string kind = text(document, "kind");
        if (kind.find('/') == std::string::npos) refuse("its kind is no vendor/class");
        const DeviceEdits common = edits(find_member(document, "containerEdits"));
        const Annotations shared = annotations(document);
        std::vector<CdiDevice> devices;
        each(&document, "devices", [&](const Json& each_device) {
            CdiDevice device{kind, text(each_device, "name"), shared.build_class, shared.needs_consent, common};
            if (device.name.empty()) refuse("a device has no name");
            add(device.edits, edits(find_member(each_device, "containerEdits")));
            const Annotations own = annotations(each_device);
            if (!own.build_class.empty()) device.build_class = own.build_class;
            device.needs_consent = device.needs_consent && own.needs_consent;
            devices.push_back(std::move(device));
        });
        if (!problem_.empty()) return input_error(format("{} is no specification of devices: {}", file_, problem_));
        return devices;
    }

private:
    struct Annotations {
        std::string build_class;
        bool needs_consent = true;
    };

    void refuse(std::string problem) {
        if (problem_.empty()) problem_ = std::move(problem);
    }

    std::string text(const Json& object, const char* key) {
        const Json* found = find_member(object, key);
        if (found == nullptr) return {};
        if (!found->is_string()) refuse(format("{} is no text", key));
        return found->is_string() ? found->get<std::string>() : std::string();
    }

    template <class Use>
    void each(const Json* object, const char* key, Use use) {
        const Json* list = object == nullptr ? nullptr : find_member(*object, key);
        if (list == nullptr || list->is_null()) return;
        if (!list->is_array()) return refuse(format("{} is no list", key));
        for (const Json& element : *list) use(element);
    }

    Annotations annotations(const Json& object) {
        Annotations out;
        const Json* found = find_member(object, "annotations");
        if (found == nullptr) return out;
        out.build_class = find_string(*found, kClass).value_or("");
        out.needs_consent = !parse_truth(find_string(*found, kAutoAllow).value_or("")).value_or(false);
        return out;
    }

    DeviceEdits edits(const Json* object) {
        DeviceEdits out;
        if (object == nullptr || object->is_null()) return out;
        if (!object->is_object()) {
            refuse("containerEdits is no map");
            return out;
        }
        each(object, "env", [&](const Json& entry) {
            if (entry.is_string()) out.env.push_back(entry.get<std::string>());
            else refuse("a variable in env is no text");
        });
        each(object, "deviceNodes", [&](const Json& node) { add_node(node, out); });
        each(object, "mounts", [&](const Json& mount) { add_files(mount, out); });
        each(object, "hooks", [&](const Json& hook) {
            out.beyond.push_back(format("a hook on the host ({}: {})", text(hook, "hookName"), text(hook, "path")));
        });
        each(object, "additionalGids", [&](const Json& id) {
            if (id.is_number_integer() && id.get<std::int64_t>() >= 0 && id.get<std::int64_t>() <= std::numeric_limits<std::int32_t>::max())
                out.groups.push_back(id.get<std::uint32_t>());
            else refuse("additionalGids holds what is no group id");
        });
        for (const auto& [key, ignored] : object->items())
            if (key != "env" && key != "deviceNodes" && key != "mounts" && key != "hooks" && key != "additionalGids")
                out.beyond.push_back(key);
        return out;
    }

    std::string absolute(const Json& object, const char* key) {
        const std::string path = text(object, key);
        if (!path.empty() && !path.starts_with('/')) refuse(format("{} is no absolute path: {}", key, quoted(path)));
        return path.empty() ? path : clean_path(path);
    }

    void add_node(const Json& json, DeviceEdits& out) {
        DeviceNode node{absolute(json, "path"), absolute(json, "hostPath"), true};
        if (node.path.empty()) refuse("a device node has no path");
        if (node.host_path.empty()) node.host_path = node.path;
        const std::string permissions = text(json, "permissions");
        node.writable = permissions.empty() || permissions.find('w') != std::string::npos;
        out.nodes.push_back(std::move(node));
    }

    void add_files(const Json& json, DeviceEdits& out) {
        DeviceFiles files{absolute(json, "containerPath"), absolute(json, "hostPath"), true};
        if (files.path.empty() || files.host_path.empty()) refuse("a mount needs a hostPath and a containerPath");
        const std::string type = text(json, "type");
        if (!type.empty() && type != "bind" && type != "none") out.beyond.push_back(format("a mount of the type {}", type));
        each(&json, "options", [&](const Json& option) {
            if (option == "ro") files.writable = false;
        });
        out.files.push_back(std::move(files));
    }

    static void add(DeviceEdits& to, const DeviceEdits& more) {
        to.env.insert(to.env.end(), more.env.begin(), more.env.end());
        to.nodes.insert(to.nodes.end(), more.nodes.begin(), more.nodes.end());
        to.files.insert(to.files.end(), more.files.begin(), more.files.end());
        to.groups.insert(to.groups.end(), more.groups.begin(), more.groups.end());
        to.beyond.insert(to.beyond.end(), more.beyond.begin(), more.beyond.end());
    }

    std::string file_;
    std::string problem_;
};

}  // namespace

Result<std::vector<CdiDevice>> read_cdi_spec(std::string_view json, std::string_view file) {
    MABPLAN_TRY(document, parse_json(json, file));
    return SpecReader(file).read(document);
}

std::vector<CdiDevice> find_devices(const std::vector<CdiDevice>& devices, const std::string& name) {
    const std::size_t equals = name.find('=');
    const std::string kind = name.substr(0, equals);
    const std::string wanted = equals == std::string::npos ? std::string() : name.substr(equals + 1);
    std::vector<CdiDevice> found;
    for (const CdiDevice& device : devices) {
        const bool is_meant = device.kind == kind && (wanted.empty() ? found.empty() : wanted == "*" || wanted == device.name);
        if (is_meant) found.push_back(device);
    }
    if (!found.empty()) return found;
    std::copy_if(devices.begin(), devices.end(), std::back_inserter(found),
                 [&](const CdiDevice& device) { return !name.empty() && device.build_class == name; });
    return found;
}

}  // namespace mabplan::runtime
