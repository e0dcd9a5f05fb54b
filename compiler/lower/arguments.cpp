#include "compiler/lower/arguments.h"

#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

void add_platform(std::map<std::string, std::string, std::less<>>& values, const std::string& prefix, const Platform& platform) {
    values[prefix + "PLATFORM"] = format_platform(platform);
    values[prefix + "OS"] = platform.os;
    values[prefix + "OSVERSION"] = platform.os_version;
    values[prefix + "ARCH"] = platform.architecture;
    values[prefix + "VARIANT"] = platform.variant;
}

}  // namespace

bool is_proxy_argument(std::string_view name) {
    constexpr std::array<std::string_view, 5> kNames{"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"};
    const std::string upper = to_upper(name), lower = to_lower(name);
    return (name == upper || name == lower) && std::find(kNames.begin(), kNames.end(), upper) != kNames.end();
}

Result<GlobalArguments> GlobalArguments::evaluate(const std::vector<const Instruction*>& lines, const BuildArguments& given,
                                                  const Platforms& platforms, const WordRules& rules) {
    GlobalArguments global;
    add_platform(global.values_, "TARGET", platforms.target);
    add_platform(global.values_, "BUILD", platforms.build);
    global.values_["TARGETSTAGE"] = platforms.target_stage;
    for (auto& [name, value] : global.values_) {
        global.declared_.insert(name);
        if (const auto found = given.find(name); found != given.end()) value = found->second;
    }
    for (const Instruction* line : lines) {
        const Arg* arg = std::get_if<Arg>(&line->body);
        if (arg == nullptr) continue;
        for (const ArgDefinition& definition : arg->definitions) {
            global.declared_.insert(definition.name);
            if (const auto found = given.find(definition.name); found != given.end()) global.values_[definition.name] = found->second;
            else if (definition.value) {
                auto value = expand_word(*definition.value, global, rules);
                if (!value) return pass(std::move(value).error().at(place_of(*line, *definition.value)));
                global.values_[definition.name] = std::move(*value);
            }
        }
    }
    return global;
}

std::optional<std::string> GlobalArguments::get(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second;
}

std::vector<std::string> GlobalArguments::names() const {
    std::vector<std::string> out;
    for (const auto& [name, value] : values_) out.push_back(name);
    return out;
}

}  // namespace mabplan::compiler
