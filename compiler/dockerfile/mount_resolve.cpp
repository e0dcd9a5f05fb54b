#include "compiler/dockerfile/mount.h"
#include "compiler/dockerfile/mount_values.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mabplan::compiler {

namespace {

constexpr std::array<MountType, 5> kTypes{MountType::Bind, MountType::Cache, MountType::Tmpfs, MountType::Secret, MountType::Ssh};
constexpr std::array<std::pair<std::string_view, CacheSharing>, 3> kSharings{
    {{"shared", CacheSharing::Shared}, {"private", CacheSharing::Private}, {"locked", CacheSharing::Locked}}};

Failure unsupported(std::string_view what, std::string_view value, const std::vector<std::string>& known) {
    std::string hint = suggestion(value, known);
    if (hint.empty()) hint = format("known are {}", join(known, ", "));
    return fail(ErrorKind::Input, format("unsupported {} {}", what, quoted(value)), std::move(hint));
}

Result<MountType> parse_type(std::string_view value) {
    std::vector<std::string> known;
    for (const MountType type : kTypes) {
        if (equal_ignoring_case(mount_type_name(type), value)) return type;
        known.emplace_back(mount_type_name(type));
    }
    return unsupported("mount type", value, known);
}

Result<CacheSharing> parse_sharing(std::string_view value) {
    std::vector<std::string> known;
    for (const auto& [name, sharing] : kSharings) {
        if (equal_ignoring_case(name, value)) return sharing;
        known.emplace_back(name);
    }
    return unsupported("sharing", value, known);
}

// Sets what an option says. What depends on the other options is checked at the end: their order means nothing.
class MountMaker {
public:
    Status add(const MountOption& option, const Expander& expand) {
        std::string value = option.value.value_or("true");  // only switches may be bare
        if (option.value && option.name != "from") {
            MABPLAN_TRY(expanded, expand(*option.value));
            value = std::move(expanded);
        }
        return set(option.name, value);
    }

    Result<Mount> finish() {
        mount_.read_only = read_only_.value_or(mount_.type != MountType::Cache && mount_.type != MountType::Tmpfs);
        MABPLAN_CHECK(check_types());
        MABPLAN_CHECK(check_secret());
        return mount_;
    }

private:
    template <class Target, class Value>
    static Status store(Target& target, Result<Value> value) {
        if (!value) return pass(std::move(value).error());
        target = *std::move(value);
        return {};
    }

    Status set(std::string_view name, const std::string& value) {
        if (name == "type") return store(mount_.type, parse_type(value));
        if (name == "sharing") return store(mount_.sharing, parse_sharing(value));
        if (name == "size") return store(mount_.size, parse_size(name, value));
        if (name == "mode") return store(mount_.mode, parse_octal_mode(name, value));
        if (name == "uid") return store(mount_.uid, parse_id(name, value));
        if (name == "gid") return store(mount_.gid, parse_id(name, value));
        if (name == "required") return store(required_, parse_switch(name, value));
        if (name == "ro" || name == "readonly") return store(read_only_, parse_switch(name, value));
        if (name == "rw" || name == "readwrite") {
            MABPLAN_TRY(writable, parse_switch(name, value));
            read_only_ = !writable;
            return {};
        }
        if (name == "env") mount_.env = value;
        else text_field(name) = value;
        return {};
    }

    std::string& text_field(std::string_view name) {
        if (name == "from") return mount_.from;
        if (name == "id") return mount_.id;
        return name == "source" || name == "src" ? mount_.source : mount_.target;
    }

    Failure refuse(std::string_view option) const {
        return input_error(format("the mount option {} is not for mounts of type {}", option, mount_type_name(mount_.type)));
    }

    Status check_types() {
        const bool secret_or_ssh = mount_.type == MountType::Secret || mount_.type == MountType::Ssh;
        const bool owned = secret_or_ssh || mount_.type == MountType::Cache;
        if (mount_.mode && !owned) return refuse("mode");
        if (mount_.uid && !owned) return refuse("uid");
        if (mount_.gid && !owned) return refuse("gid");
        if (mount_.sharing && mount_.type != MountType::Cache) return refuse("sharing");
        if (mount_.size && mount_.type != MountType::Tmpfs) return refuse("size");
        if (required_ && !secret_or_ssh) return refuse("required");
        mount_.required = required_.value_or(false);
        return {};
    }

    Status check_secret() const {
        if (mount_.type != MountType::Secret) return {};
        if (!mount_.from.empty()) return refuse("from");
        if (!mount_.source.empty() && !mount_.id.empty()) return input_error("a secret mount has either source or id, not both");
        if (mount_.source.empty() && mount_.id.empty() && mount_.target.empty())
            return input_error("a secret mount needs an id or a target");
        return {};
    }

    Mount mount_;
    std::optional<bool> read_only_;
    std::optional<bool> required_;
};

}  // namespace

Result<Mount> resolve_mount(const MountText& mount, const Expander& expand) {
    MountMaker maker;
    for (const MountOption& option : mount.options) {
        auto added = maker.add(option, expand);
        if (!added) return pass(std::move(added).error(), format("reading --mount={}", mount.text));
    }
    auto made = maker.finish();
    if (!made) return pass(std::move(made).error(), format("reading --mount={}", mount.text));
    return made;
}

}  // namespace mabplan::compiler
