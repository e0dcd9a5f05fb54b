#include "runtime/registry/referrers.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <chrono>
#include <optional>
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

// The page behind this one (RFC 8288): `Link: <…>; rel="next"`. Only of the same registry.
std::optional<Url> next_page(const Url& here, const HttpResponse& answer) {
    const std::string link = find_header(answer, "link");
    const std::size_t open = link.find('<'), close = link.find('>');
    if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
    const std::string rest = link.substr(close);
    if (rest.find("rel=\"next\"") == std::string::npos && rest.find("rel=next") == std::string::npos) return std::nullopt;
    Result<Url> next = resolve_url(here, std::string_view(link).substr(open + 1, close - open - 1));
    return next && same_origin(*next, here) ? std::optional(std::move(*next)) : std::nullopt;
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

Result<Index> read_referrers_tag(RegistrySession& session, const Reference& repository, const Digest& subject) {
    MABPLAN_TRY(endpoint, session.own(repository.domain));
    const RegistryQuestion question = question_at(endpoint, repository, format("manifests/{}", referrers_tag(subject)), subject);
    HttpResult answer = session.ask(question, kMostListBytes);
    if (!answer) return pass(std::move(answer).error().error, RegistrySession::doing(question));
    if (answer->status == 404) return Index{};
    if (answer->status != 200) return fail(RegistrySession::refused(question, *answer));
    return read_index(*answer, question);
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
            return std::move(kept.manifests);
        }
        if (answer->status != 200) return fail(RegistrySession::refused(question, *answer));
        MABPLAN_TRY(index, read_index(*answer, question));
        for (Descriptor& each : index.manifests) found.push_back(std::move(each));
        auto next = next_page(question.request.url, *answer);
        if (!next) return found;
        if (page == kMostPages) return fail(ErrorKind::Registry, format("{} goes on for more than {} pages", question.what, kMostPages));
        question.request.url = std::move(*next);
    }
}

}  // namespace mabplan::runtime
