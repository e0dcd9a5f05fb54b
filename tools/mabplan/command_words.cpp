#include "tools/mabplan/command_words.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <utility>

namespace mabplan::tools {

Result<std::vector<ExtraHost>> parse_extra_hosts(const std::vector<std::string>& texts) {
    std::vector<ExtraHost> hosts;
    for (const std::string& text : texts) {
        const std::size_t cut = text.find_first_of(":=");
        std::string address = cut == std::string::npos ? "" : text.substr(cut + 1);
        if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
        if (cut == 0 || address.empty()) return input_error(format("--add-host {}: expected NAME:ADDRESS", quoted(text)));
        hosts.push_back({text.substr(0, cut), std::move(address)});
    }
    return hosts;
}

Result<std::vector<Ulimit>> parse_ulimits(const std::vector<std::string>& texts) {
    std::vector<Ulimit> limits;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        const std::string values = equals == std::string::npos ? "" : text.substr(equals + 1);
        const std::size_t colon = values.find(':');
        const auto soft = parse_signed(values.substr(0, colon));
        const auto hard = colon == std::string::npos ? soft : parse_signed(values.substr(colon + 1));
        if (!soft || !hard || *soft < -1 || *hard < -1) return input_error(format("--ulimit {}: expected NAME=SOFT[:HARD]", quoted(text)));
        if (*hard >= 0 && (*soft < 0 || *soft > *hard))
            return input_error(format("--ulimit {}: the soft limit lies above the hard one", quoted(text)));
        limits.push_back({text.substr(0, equals), *soft, *hard});
    }
    return limits;
}

}  // namespace mabplan::tools
