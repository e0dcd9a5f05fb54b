#include "tools/terminal/past_seconds.h"

#include <algorithm>
#include <map>
#include <utility>

namespace mabplan::tools {

namespace {

// "Dockerfile RUN make" of "Dockerfile:3 RUN make".
std::string without_line(const std::string& origin) {
    for (std::size_t colon = origin.find(':'); colon != std::string::npos; colon = origin.find(':', colon + 1)) {
        const std::size_t end = origin.find_first_not_of("0123456789", colon + 1);
        if (end != std::string::npos && end > colon + 1 && origin[end] == ' ') return origin.substr(0, colon) + origin.substr(end);
    }
    return origin;
}

bool is_foreign(const Action& action, const Platform& host) {
    const auto* run = std::get_if<RunAction>(&action.work);
    return run != nullptr && run->platform.architecture != host.architecture;
}

}  // namespace

PastSeconds match_past(const Plan& plan, const std::vector<PastResult>& results, const Platform& host) {
    std::map<Digest, const PastResult*> by_key;
    std::map<std::pair<std::string, bool>, const PastResult*> by_instruction;
    const auto keep = [](const PastResult*& place, const PastResult& result) {
        if (place == nullptr || place->made <= result.made) place = &result;
    };
    for (const PastResult& result : results) {
        keep(by_key[result.key], result);
        keep(by_instruction[{without_line(result.origin), result.emulated}], result);
    }
    PastSeconds past;
    for (const Action& action : plan.actions) {
        const auto same = by_key.find(action.definition_key);
        const auto alike = by_instruction.find({action.origin.dockerfile + " " + action.origin.text, is_foreign(action, host)});
        if (same != by_key.end()) past.emplace_back(same->second->seconds);
        else if (alike != by_instruction.end()) past.emplace_back(alike->second->seconds);
        else past.emplace_back();
    }
    return past;
}

}  // namespace mabplan::tools
