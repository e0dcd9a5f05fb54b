#include "runtime/registry/tag_list.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "runtime/registry/referrers.h"

#include <chrono>
#include <cstdint>
#include <set>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostListBytes = 4U << 20U;
constexpr int kMostPages = 1000;
constexpr std::size_t kMostTags = 1'000'000;
constexpr std::chrono::seconds kListDeadline{300};

// "tags" may be null for a repository that has none any more.
Status add_tags(const HttpResponse& answer, const std::string& what, std::set<std::string>& tags) {
    MABPLAN_TRY(json, parse_json(answer.body, what));
    const Json* list = find_member(json, "tags");
    if (list == nullptr || list->is_null()) return {};
    if (!list->is_array()) return fail(ErrorKind::Registry, format("{} are no list", what));
    for (const Json& tag : *list)
        if (tag.is_string()) tags.insert(tag.get<std::string>());
    return {};
}

}  // namespace

Result<std::vector<std::string>> list_tags(RegistrySession& session, const Endpoint& endpoint, const Reference& repository,
                                           TagPages pages) {
    RegistryQuestion question =
        RegistrySession::question(endpoint, repository.repository, "tags/list?n=1000", format("the tags of {}", repository.repository));
    question.request.deadline = kListDeadline;
    std::set<std::string> tags;
    for (int page = 1;; ++page) {
        MABPLAN_TRY(answer, session.ask_for(question, kMostListBytes));
        const std::size_t known = tags.size();
        MABPLAN_CHECK(add_tags(answer, question.what, tags));
        if (tags.size() > kMostTags) return fail(ErrorKind::Registry, format("{} are more than {}", question.what, kMostTags));
        MABPLAN_TRY(next, next_page(question.request.url, answer));
        const bool goes_in_circles = page > 1 && tags.size() == known;
        if (pages == TagPages::First || !next || goes_in_circles) return std::vector<std::string>(tags.begin(), tags.end());
        if (page == kMostPages) return fail(ErrorKind::Registry, format("{} go on for more than {} pages", question.what, kMostPages));
        question.request.url = std::move(*next);
    }
}

}  // namespace mabplan::runtime
