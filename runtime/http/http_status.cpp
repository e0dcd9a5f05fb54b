#include "runtime/http/http_status.h"

#include "plans/base/format.h"

#include <string_view>
#include <utility>

namespace mabplan::runtime {

std::string status_words(int status) {
    constexpr std::pair<int, std::string_view> kReasons[] = {{400, "Bad Request"},
                                                             {401, "Unauthorized"},
                                                             {403, "Forbidden"},
                                                             {404, "Not Found"},
                                                             {408, "Request Timeout"},
                                                             {410, "Gone"},
                                                             {416, "Range Not Satisfiable"},
                                                             {429, "Too Many Requests"},
                                                             {500, "Internal Server Error"},
                                                             {502, "Bad Gateway"},
                                                             {503, "Service Unavailable"},
                                                             {504, "Gateway Timeout"}};
    for (const auto& [number, text] : kReasons)
        if (number == status) return format("{} {}", number, text);
    return format("{}", status);
}

}  // namespace mabplan::runtime
