#include "compiler/dockerfile/mount.h"

#include "compiler/dockerfile/comma_list.h"
#include "compiler/dockerfile/mount_values.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

constexpr std::array<std::string_view, 19> kOptions{"type", "from",     "source", "src",       "target", "dst",     "destination",
                                                    "ro",   "readonly", "rw",     "readwrite", "id",     "sharing", "required",
                                                    "size", "mode",     "uid",    "gid",       "env"};

Result<MountOption> parse_option(std::string_view field) {
    const std::size_t equals = field.find('=');
    MountOption option{to_lower(field.substr(0, equals)), std::nullopt, std::string(field)};
    if (equals != std::string_view::npos) option.value = field.substr(equals + 1);
    if (std::find(kOptions.begin(), kOptions.end(), option.name) != kOptions.end()) return option;
    return fail(ErrorKind::Input, format("unknown mount option {} in {}", quoted(option.name), quoted(field)),
                suggestion(option.name, std::vector<std::string>(kOptions.begin(), kOptions.end())));
}

Status check_option(const MountOption& option) {
    const bool may_be_bare =
        option.name == "ro" || option.name == "readonly" || option.name == "rw" || option.name == "readwrite" || option.name == "required";
    if (!option.value && !may_be_bare) return input_error(format("the mount option {} needs a value: {}=…", option.name, option.name));
    if (option.name != "from") return {};
    const std::size_t dollar = option.value->find('$');
    if (dollar == std::string::npos || dollar + 1 == option.value->size()) return {};
    return fail(ErrorKind::Input, format("from={} holds a variable, which the mount option from does not expand", *option.value),
                "name a stage by FROM with that variable, and mount from the stage");
}

bool holds_variable(std::string_view text) { return text.find_first_of("$'\"\\`") != std::string_view::npos; }

// "--mount=type=cach": the wrong value at parse time, where nothing in it waits for a variable.
Status check_whole(const MountText& mount) {
    if (holds_variable(mount.text)) return {};
    const auto as_it_is = [](std::string_view value) -> Result<std::string> { return std::string(value); };
    auto resolved = resolve_mount(mount, as_it_is);
    if (!resolved) return pass(std::move(resolved).error());
    return {};
}

}  // namespace

std::string MountText::from() const {
    for (auto option = options.rbegin(); option != options.rend(); ++option)
        if (option->name == "from") return option->value.value_or("");
    return {};
}

std::string_view mount_type_name(MountType type) {
    switch (type) {
        case MountType::Bind: return "bind";
        case MountType::Cache: return "cache";
        case MountType::Tmpfs: return "tmpfs";
        case MountType::Secret: return "secret";
        case MountType::Ssh: return "ssh";
    }
    return "";
}

Result<MountText> parse_mount(std::string_view text) {
    MABPLAN_TRY(fields, split_fields(text));
    MountText mount{std::string(text), {}};
    for (const std::string& field : fields) {
        MABPLAN_TRY(option, parse_option(field));
        MABPLAN_CHECK(check_option(option));
        mount.options.push_back(std::move(option));
    }
    MABPLAN_CHECK(check_whole(mount));
    return mount;
}

Result<Device> parse_device(std::string_view text) {
    MABPLAN_TRY(fields, split_fields(text));
    Device device;
    for (const std::string& field : fields) {
        const std::size_t equals = field.find('=');
        const std::string name = to_lower(std::string_view(field).substr(0, equals));
        const bool has_value = equals != std::string::npos;
        if (name == "required") {
            MABPLAN_TRY(required, has_value ? parse_switch(name, field.substr(equals + 1)) : Result<bool>(true));
            device.required = required;
            device.optional = !required;
        } else if (name == "name" && has_value) {
            if (!device.name.empty()) return input_error(format("the device has a name already: {}", device.name));
            device.name = field.substr(equals + 1);
        } else if (device.name.empty()) {
            device.name = field;  // a bare name may itself hold "="
        } else {
            return fail(ErrorKind::Input, format("unknown device option {} in {}", quoted(name), quoted(field)),
                        "known are name and required");
        }
    }
    return device;
}

}  // namespace mabplan::compiler
