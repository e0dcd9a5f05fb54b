#include "compiler/matrix/variables.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

constexpr std::string_view kMatrix = "matrix.", kPlatform = "platform.";

std::vector<std::string> names_of(const Settings& axes) {
    std::vector<std::string> names;
    for (const Setting& axis : axes) names.push_back(axis.name);
    return names;
}

}  // namespace

Variables Variables::with_axes(const Settings& axes) const {
    Variables out = *this;
    out.axes_ = &axes;
    return out;
}

Variables Variables::with_platform(const Platform& platform) const {
    Variables out = *this;
    out.platform_ = &platform;
    return out;
}

Result<std::optional<std::string>> Variables::lookup(const std::string& name) const {
    if (name.starts_with(kMatrix)) return axis(name.substr(kMatrix.size()));
    if (name.starts_with(kPlatform)) return platform_part(name.substr(kPlatform.size()));
    if (name.find('.') != std::string::npos)
        return fail(ErrorKind::Input, format("there is no variable {}", quoted(name)),
                    "names with a dot are matrix.AXIS and platform.os, .arch, .variant, .slug");
    return environment_->get(name);
}

Result<std::optional<std::string>> Variables::axis(const std::string& name) const {
    if (axes_ == nullptr || axes_->empty()) return input_error(format("${{matrix.{}}} has no value here: the target has no matrix", name));
    for (const Setting& axis : *axes_)
        if (axis.name == name) return axis.value;
    const std::vector<std::string> known = names_of(*axes_);
    std::string hint = suggestion(name, known);
    if (hint.empty()) hint = format("the axes are {}", join(known, ", "));
    return fail(ErrorKind::Input, format("the matrix has no axis {}", quoted(name)), std::move(hint));
}

Result<std::optional<std::string>> Variables::platform_part(const std::string& name) const {
    const bool known = name == "os" || name == "arch" || name == "variant" || name == "slug";
    if (!known)
        return fail(ErrorKind::Input, format("a platform has no {}", quoted(name)),
                    "there are platform.os, platform.arch, platform.variant and platform.slug");
    if (platform_ == nullptr)
        return fail(ErrorKind::Input, format("${{platform.{}}} has no value here: this is said once for all platforms", name),
                    "it can stand in what is built per platform: args, labels, contexts, dockerfile, target, test");
    if (name == "os") return platform_->os;
    if (name == "arch") return platform_->architecture;
    if (name == "variant") return platform_->variant;
    return platform_slug(*platform_);
}

}  // namespace mabplan::compiler
