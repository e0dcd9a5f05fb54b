#include "runtime/step/resource_limits.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::array<std::pair<std::string_view, int>, 15> kNames{{{"core", RLIMIT_CORE},
                                                                   {"cpu", RLIMIT_CPU},
                                                                   {"data", RLIMIT_DATA},
                                                                   {"fsize", RLIMIT_FSIZE},
                                                                   {"locks", RLIMIT_LOCKS},
                                                                   {"memlock", RLIMIT_MEMLOCK},
                                                                   {"msgqueue", RLIMIT_MSGQUEUE},
                                                                   {"nice", RLIMIT_NICE},
                                                                   {"nofile", RLIMIT_NOFILE},
                                                                   {"nproc", RLIMIT_NPROC},
                                                                   {"rss", RLIMIT_RSS},
                                                                   {"rtprio", RLIMIT_RTPRIO},
                                                                   {"rttime", RLIMIT_RTTIME},
                                                                   {"sigpending", RLIMIT_SIGPENDING},
                                                                   {"stack", RLIMIT_STACK}}};

std::uint64_t bound(std::int64_t limit) { return limit < 0 ? RLIM_INFINITY : static_cast<std::uint64_t>(limit); }

}  // namespace

Result<std::vector<ResourceLimit>> resource_limits(const std::vector<Ulimit>& limits) {
    std::vector<ResourceLimit> out;
    for (const Ulimit& limit : limits) {
        const auto known = std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == limit.name; });
        if (known == kNames.end()) {
            std::vector<std::string> names;
            for (const auto& entry : kNames) names.emplace_back(entry.first);
            return fail(ErrorKind::Input, format("there is no resource limit {}", quoted(limit.name)), suggestion(limit.name, names));
        }
        out.push_back({known->second, bound(limit.soft), bound(limit.hard)});
    }
    return out;
}

}  // namespace mabplan::runtime
