#include "runtime/registry/referrers.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostListBytes = 4U << 20U;
constexpr int kMostPages = 100;
constexpr std::chrono::seconds kListDeadline{300};

RegistryQuestion question_at(const Endpoint& endpoint, const Reference& repository, std::string_view path, const Digest& subject) {
    RegistryQuestion question = RegistrySession::question(endpoint, repository.repository, path,
                                                          format("what refers to {} in {}", subject.text(), repository.repository));
    question.request.deadline = kListDeadline;
    question.request.headers.push_back({"Accept", std::string(media_type::kIndex)});
    return question;
}

Result<Index> read_index(const HttpResponse& answer, const RegistryQuestion& question) {
    MABPLAN_TRY(document, parse_manifest(answer.body, media_type::kIndex, question.what));
    if (!std::holds_alternative<Index>(document)) return fail(ErrorKind::Verify, format("{} is no index", question.what));
    return std::get<Index>(std::move(document));
}

// One link of a Link header: what stands in <> and, behind it, its parameters.
struct Link {
    std::string_view target;
    std::string_view parameters;
};

// Commas part links, but for those inside of <> and of quotes.
std::vector<Link> parse_links(std::string_view text) {
    std::vector<Link> links;
    while (!text.empty()) {
        const std::size_t open = text.find('<'), close = text.find('>');
        if (open == std::string_view::npos || close == std::string_view::npos || close < open) break;
        std::size_t end = close;
        for (bool is_quoted = false; end < text.size() && (is_quoted || text[end] != ','); ++end)
            if (text[end] == '"') is_quoted = !is_quoted;
        links.push_back({text.substr(open + 1, close - open - 1), text.substr(close + 1, end - close - 1)});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return links;
}

bool is_next(const Link& link) {
    for (std::string_view parameter : split(link.parameters, ';')) {
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos || to_lower(trim(parameter.substr(0, equals))) != "rel") continue;
        std::string_view value = trim(parameter.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        for (const std::string_view word : split(value, ' '))
            if (to_lower(word) == "next") return true;
    }
    return false;
}

// Registries without the question answer it so, or with a page of their own.
bool is_unknown_question(const HttpResponse& answer) {
    if (answer.status == 200)
        return trim(std::string_view(find_header(answer, "content-type"))).substr(0, media_type::kIndex.size()) != media_type::kIndex;
    return answer.status == 400 || answer.status == 404 || answer.status == 405 || answer.status == 406;
}

}  // namespace

std::string referrers_tag(const Digest& subject) { return "sha256-" + subject.hex(); }

Descriptor describe_referrer(const ImageDocument& document, std::string_view media_type, std::string_view bytes) {
    Descriptor descriptor{std::string(media_type), Digest::of(bytes), bytes.size(), {}, {}};
    if (const auto* manifest = std::get_if<Manifest>(&document)) {
        descriptor.annotations = manifest->annotations;
        descriptor.artifact_type = manifest->artifact_type.empty() ? manifest->config.media_type : manifest->artifact_type;
    } else {
        const auto& index = std::get<Index>(document);
        descriptor.annotations = index.annotations;
        descriptor.artifact_type = index.artifact_type;
    }
    return descriptor;
}

// A registry behind another server may say http of itself, or another port: its own host it is all the same.
Result<std::optional<Url>> next_page(const Url& here, const HttpResponse& answer) {
    for (const HttpHeader& header : answer.headers) {
        if (header.name != "link") continue;
        for (const Link& link : parse_links(header.value)) {
            if (!is_next(link)) continue;
            MABPLAN_TRY(next, resolve_url(here, link.target));
            if (next.host != here.host)
                return fail(ErrorKind::Registry, format("{} says that its list goes on at {}", authority(here), authority(next)));
            Url own = here;
            own.target = std::move(next.target);
            return std::optional(std::move(own));
        }
    }
    return std::optional<Url>();
}

Result<ReferrersTag> read_referrers_tag(RegistrySession& session, const Reference& repository, const Digest& subject) {
    MABPLAN_TRY(endpoint, session.own(repository.domain));
    const RegistryQuestion question = question_at(endpoint, repository, format("manifests/{}", referrers_tag(subject)), subject);
    HttpResult answer = session.ask(question, kMostListBytes);
    if (!answer) return pass(std::move(answer).error().error, RegistrySession::doing(question));
    if (answer->status == 404) return ReferrersTag{{}, write_index({})};
    if (answer->status != 200) return fail(RegistrySession::refused(question, *answer));
    MABPLAN_TRY(index, read_index(*answer, question));
    return ReferrersTag{std::move(index), std::move(answer->body)};
}

Result<std::vector<Descriptor>> find_referrers(RegistrySession& session, const Reference& repository, const Digest& subject) {
    MABPLAN_TRY(endpoint, session.own(repository.domain));
    RegistryQuestion question = question_at(endpoint, repository, format("referrers/{}", subject.text()), subject);
    std::vector<Descriptor> found;
    for (int page = 1;; ++page) {
        HttpResult answer = session.ask(question, kMostListBytes);
        if (!answer) return pass(std::move(answer).error().error, RegistrySession::doing(question));
        if (page == 1 && is_unknown_question(*answer)) {
            MABPLAN_TRY(kept, read_referrers_tag(session, repository, subject));
            return std::move(kept.index.manifests);
        }
        if (answer->status != 200) return fail(RegistrySession::refused(question, *answer));
        MABPLAN_TRY(index, read_index(*answer, question));
        for (Descriptor& each : index.manifests) found.push_back(std::move(each));
        MABPLAN_TRY(next, next_page(question.request.url, *answer));
        if (!next) return found;
        if (page == kMostPages) return fail(ErrorKind::Registry, format("{} goes on for more than {} pages", question.what, kMostPages));
        question.request.url = std::move(*next);
    }
}

}  // namespace mabplan::runtime
